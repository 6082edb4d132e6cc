import { expect, it } from 'vitest';
import { runProgram } from './run-program.mjs';

const node = (script, options) => runProgram('@sercli/tty: import', process.execPath, ['-e', script], options);

it('resolves with what was printed, without what was warned of', async () => {
  expect(await node("console.log('one'); console.error('two')")).toBe('one\n');
});

it('says of what failed what it was, how it ended and its last words', async () => {
  const error = await node("console.log('no such export'); process.exit(3)").catch((reason) => reason);
  expect(error.message).toMatch(/^@sercli\/tty: import: .* ended with 3\n {4}no such export$/s);
});

it('repeats nothing that was shown', async () => {
  let shown = '';
  const show = (text) => {
    shown += text;
  };
  const error = await node("console.log('a table'); console.error('over budget'); process.exit(1)", { show }).catch(
    (reason) => reason,
  );
  expect(shown).toBe('a table\n');
  expect(error.message).toMatch(/ended with 1\n {4}over budget$/);
});

it('ends what does not end by itself', async () => {
  await expect(node('setInterval(() => {}, 1000)', { timeoutMs: 200 })).rejects.toThrow(/did not end within 0.2 s/);
});

it('says what cannot be run', async () => {
  await expect(runProgram('sercli', '/nowhere/sercli', [])).rejects.toThrow(/^sercli: \/nowhere\/sercli cannot be run/);
});
