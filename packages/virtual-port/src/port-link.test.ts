import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeFd, openPty } from '@sercli/tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VirtualPort } from './virtual-port.ts';

let directory: string;
let link: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'port-link-'));
  link = join(directory, 'dev', 'ttyS0');
  vi.stubEnv('XDG_RUNTIME_DIR', directory);
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A process that waits for a line on its standard input, makes a port and says how that went. */
function startMaker(): { child: ChildProcessWithoutNullStreams; outcome: Promise<string> } {
  const program = `
    const { VirtualPort } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    process.stdin.once('data', async () => {
      try { const port = await VirtualPort.create({ link: process.argv[1] }); port.listen({}); console.log('made ' + port.path); }
      catch (error) { console.log(error.code); process.exit(); }
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, link]);
  const outcome = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  return { child, outcome };
}

it('makes the directories, and removes the link when the port is closed', async () => {
  const port = await VirtualPort.create({ link });
  expect(port.link).toBe(link);
  expect(readlinkSync(link)).toBe(port.path);
  await port.close();
  expect(existsSync(link)).toBe(false);
});

it('leaves a link alone that somebody else has put in its place', async () => {
  const port = await VirtualPort.create({ link });
  rmSync(link);
  symlinkSync('/dev/null', link);
  await port.close();
  expect(readlinkSync(link)).toBe('/dev/null');
});

it('replaces the link of a process that was killed', async () => {
  const { child, outcome } = startMaker();
  child.stdin.write('go\n');
  const made = await outcome;
  await expect(VirtualPort.create({ link })).rejects.toMatchObject({
    code: 'link-refused',
    message: expect.stringContaining(`process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(`made ${readlinkSync(link)}`).toBe(made);
  const port = await VirtualPort.create({ link });
  expect(readlinkSync(link)).toBe(port.path);
  await port.close();
});

it('replaces a link to a pseudo terminal that is gone', async () => {
  mkdirSync(join(directory, 'dev'));
  symlinkSync('/dev/pts/987654', link);
  const port = await VirtualPort.create({ link });
  expect(readlinkSync(link)).toBe(port.path);
  await port.close();
});

it('refuses what it did not make, and says what that is', async () => {
  mkdirSync(join(directory, 'dev'));
  const refusal = async (): Promise<string> => {
    const error: unknown = await VirtualPort.create({ link }).catch((thrown: unknown) => thrown);
    rmSync(link, { recursive: true });
    return String(error);
  };
  writeFileSync(link, 'precious');
  expect(await refusal()).toContain('it is a regular file');
  mkdirSync(link);
  expect(await refusal()).toContain('it is a directory');
  symlinkSync('/dev/null', link);
  expect(await refusal()).toContain('it is a link to /dev/null');
  const { ptmx, path } = openPty();
  symlinkSync(path, link);
  expect(await refusal()).toContain(`it is a link to ${path}, which was not made by sercli`);
  closeFd(ptmx);
});

it('lets exactly one of several processes have a link, also when they replace a dead one', async () => {
  mkdirSync(join(directory, 'dev'));
  symlinkSync('/dev/pts/987654', link);
  const makers = Array.from({ length: 5 }, startMaker);
  for (const { child } of makers) child.stdin.write('go\n');
  const outcomes = await Promise.all(makers.map(({ outcome }) => outcome));
  expect(outcomes.filter((outcome) => outcome === 'link-refused')).toHaveLength(4);
  expect(outcomes).toContain(`made ${readlinkSync(link)}`);
  await Promise.all(
    makers.map(async ({ child }) => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    }),
  );
}, 20_000);
