import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const program = fileURLToPath(new URL('../bin/sercli.cjs', import.meta.url));

/** Prints of each file of the bundle whether V8 took what was kept of it. */
const spying = `
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    process.stderr.write(JSON.stringify(this.cachedDataRejected === false) + '\\n');
  }
};`;

function readBoolean(text: string): boolean {
  return JSON.parse(text) === true;
}

describe('What V8 has compiled', () => {
  let home: string;
  let directory: string;
  let kept: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'sercli-cache-'));
    directory = join(home, 'sercli');
    kept = join(directory, 'ls');
    writeFileSync(join(home, 'spy.cjs'), spying);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is kept in the user's cache, a file for each command, and taken by the next run", () => {
    expect(new Set(run(['ls', '--help']))).toEqual(new Set([false]));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(new Set(run(['ls', '--help']))).toEqual(new Set([true]));
    expect(readdirSync(directory)).toEqual(['ls']);
  });

  it('is kept in a home that has no cache yet', () => {
    run(['ls', '--help'], { XDG_CACHE_HOME: '' });
    expect(statSync(join(home, '.cache')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(home, '.cache', 'sercli'))).toEqual(['ls']);
  });

  it.each(['', 'relative', join('/nowhere', 'cache')])('is not kept where there is no such directory: "%s"', (said) => {
    expect(run(['ls', '--help'], { XDG_CACHE_HOME: said, HOME: join(home, 'nobody') })).toContain(false);
    expect(readdirSync(home)).toEqual(['spy.cjs']);
  });

  it.each(['.', 'sercli'])('is not kept, and so not run, where others can write: in %s', (path) => {
    mkdirSync(directory);
    chmodSync(join(home, path), 0o777);
    run(['ls', '--help']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('is not kept, and so not run, in what belongs to another user', () => {
    chownSync(home, 65534, 65534);
    run(['ls', '--help']);
    expect(existsSync(directory)).toBe(false);
  });

  it('is not run where others can write to the file itself', () => {
    run(['ls', '--help']);
    chmodSync(kept, 0o666);
    expect(run(['ls', '--help'])).not.toContain(true);
  });

  it('is not taken by another build', () => {
    run(['ls', '--help']);
    writeFileSync(kept, readFileSync(kept, 'latin1').replace(/"id":"./, '"id":"-'), 'latin1');
    expect(run(['ls', '--help'])).not.toContain(true);
    expect(run(['ls', '--help'])).not.toContain(false);
  });

  it.each([0, 20, 10_000])('is made anew where only the first %i bytes are left', (bytes) => {
    run(['ls', '--help']);
    truncateSync(kept, bytes);
    expect(run(['ls', '--help'])).toContain(false);
    expect(run(['ls', '--help'])).not.toContain(false);
  });

  it('is made anew where a page of it was lost', () => {
    run(['ls', '--help']);
    const bytes = readFileSync(kept);
    bytes.fill(0, 8_192, 12_288);
    writeFileSync(kept, bytes);
    expect(run(['ls', '--help'])).not.toContain(true);
    expect(run(['ls', '--help'])).not.toContain(false);
  });

  it('is made anew where something else stands in its place', () => {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(kept, 'null\n');
    expect(run(['ls', '--help'])).not.toContain(true);
    expect(run(['ls', '--help'])).not.toContain(false);
  });

  it('does not end a program that cannot keep it', () => {
    mkdirSync(join(kept, 'something'), { recursive: true, mode: 0o700 });
    expect(run(['ls', '--help'])).not.toContain(true);
    expect(readdirSync(directory)).toEqual(['ls']);
  });

  it('takes away what processes that were killed have left half written, and not what is being written', () => {
    mkdirSync(directory, { mode: 0o700 });
    for (const pid of [1, 2]) writeFileSync(`${kept}.${pid}`, '');
    utimesSync(`${kept}.1`, 0, 0);
    run(['ls', '--help']);
    expect(readdirSync(directory)).toEqual(['ls', 'ls.2']);
  });

  it('is not kept of a command that there is not', () => {
    const { status } = spawnSync(process.execPath, [program, 'lss'], { env: environmentOf({}) });
    expect(status).toBe(2);
    expect(existsSync(join(directory, 'lss'))).toBe(false);
  });

  it('is kept again by the first run that lasts, with all that it needed', async () => {
    run(['agent', '--help']);
    const place = ['--listen', '127.0.0.1:0', '--no-advertise', '--port', 'echo=sim:echo'];
    const agent = spawn(process.execPath, [program, 'agent', ...place], { env: environmentOf({}), stdio: 'ignore' });
    try {
      const head = (): string => readFileSync(join(directory, 'agent'), 'latin1').split('\n', 1)[0] ?? '';
      await vi.waitFor(() => expect(JSON.parse(head())).toMatchObject({ isSettled: true }), 10_000);
    } finally {
      agent.kill();
      await once(agent, 'exit');
    }
  }, 20_000);

  /** Of each file of the bundle, whether what was kept of it was taken; the program starts in any case. */
  function run(args: readonly string[], environment: Record<string, string> = {}): boolean[] {
    const command = ['--require', join(home, 'spy.cjs'), program, ...args];
    const { status, stderr } = spawnSync(process.execPath, command, {
      encoding: 'utf8',
      env: environmentOf(environment),
    });
    expect(status).toBe(0);
    return stderr.trim().split('\n').map(readBoolean);
  }

  function environmentOf(said: Record<string, string>): NodeJS.ProcessEnv {
    return { ...process.env, HOME: home, XDG_STATE_HOME: '', XDG_RUNTIME_DIR: home, XDG_CACHE_HOME: home, ...said };
  }
});
