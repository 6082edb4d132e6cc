import { expect, it } from 'vitest';
import { runProgram } from './run-program.mjs';

const node = (script, options) => runProgram('@sercli/tty: import', process.execPath, ['-e', script], options);

it('resolves with what was printed', async () => {
  expect(await node("console.log('one'); console.error('two')")).toMatch(/^(one\ntwo\n|two\none\n)$/);
});

it('says of what failed what it was, how it ended and its last words', async () => {
  const error = await node("console.log('no such export'); process.exit(3)").catch((reason) => reason);
  expect(error.message).toMatch(/^@sercli\/tty: import: .* ended with 3\n {4}no such export$/s);
});

it('ends what does not end by itself', async () => {
  await expect(node('setInterval(() => {}, 1000)', { timeoutMs: 200 })).rejects.toThrow(/did not end within 0.2 s/);
});

it('says what cannot be run', async () => {
  await expect(runProgram('sercli', '/nowhere/sercli', [])).rejects.toThrow(/^sercli: \/nowhere\/sercli cannot be run/);
});
