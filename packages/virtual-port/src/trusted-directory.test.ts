import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enterTrustedDirectory } from './trusted-directory.ts';

const nobody = 65_534;
const isRoot = process.geteuid?.() === 0;
/** Runs a program as another user (setpriv(1)). */
const setpriv = 'setpriv';
const hasSetpriv = spawnSync(setpriv, ['--version']).status === 0;

let folder: string;
let directory: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'trusted-directory-')));
  directory = join(folder, 'dev');
});

afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (matching: RegExp) =>
  expect.objectContaining({ code: 'state-untrusted', message: expect.stringMatching(matching) });

function make(path: string, mode: number): void {
  mkdirSync(path);
  chmodSync(path, mode);
}

describe('enterTrustedDirectory', () => {
  it('makes what is missing, for nobody else to write to, whatever the umask is', () => {
    const before = process.umask(0);
    try {
      expect(enterTrustedDirectory(join(directory, 'deep', 'er'))).toBe(join(directory, 'deep', 'er'));
    } finally {
      process.umask(before);
    }
    for (const path of ['dev', 'dev/deep', 'dev/deep/er'])
      expect(statSync(join(folder, path)).mode & 0o777).toBe(0o755);
  });

  it.each([0o777, 0o770, 0o1770, 0o702])('of mode %o', (mode) => {
    make(directory, mode);
    const isSafe = (mode & 0o1000) !== 0;
    const enter = (path: string) => () => enterTrustedDirectory(path);
    if (isSafe) expect(enter(directory)()).toBe(directory);
    else
      expect(enter(directory)).toThrow(
        refusal(new RegExp(`will not use ${directory}: .*run: chmod go-w ${directory} or`)),
      );
    mkdirSync(join(directory, 'own'));
    if (isSafe) expect(enter(join(directory, 'own'))()).toBe(join(directory, 'own'));
    else expect(enter(join(directory, 'own'))).toThrow(refusal(new RegExp(`will not use ${directory}:`)));
  });

  it('makes nothing in what it refuses', () => {
    make(directory, 0o777);
    expect(() => enterTrustedDirectory(join(directory, 'new'))).toThrow(refusal(/other users may write to it/));
    expect(existsSync(join(directory, 'new'))).toBe(false);
  });

  it('gives a command that works, also for odd names', () => {
    const odd = join(folder, "it's odd");
    make(odd, 0o777);
    let message = '';
    try {
      enterTrustedDirectory(odd);
    } catch (error) {
      message = String(error);
    }
    execFileSync('sh', ['-c', /run: (.*) or choose/.exec(message)?.[1] ?? 'false']);
    expect(enterTrustedDirectory(odd)).toBe(odd);
  });

  it('follows links of this user, and judges what they lead to and through', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', directory);
    symlinkSync(join(directory, '..', 'real', '.', 'new'), join(folder, 'far'));
    expect(enterTrustedDirectory(directory)).toBe(join(folder, 'real'));
    expect(enterTrustedDirectory(join(folder, 'far'))).toBe(join(folder, 'real', 'new'));
    chmodSync(join(folder, 'real'), 0o777);
    expect(() => enterTrustedDirectory(directory)).toThrow(refusal(new RegExp(`${folder}/real:`)));
    expect(() => enterTrustedDirectory(join(folder, 'far'))).toThrow(refusal(new RegExp(`${folder}/real:`)));
  });

  it('says what cannot be entered', () => {
    writeFileSync(directory, '');
    expect(() => enterTrustedDirectory(join(directory, 'below'))).toThrow(/dev is no directory; choose another path/);
    symlinkSync('one', join(folder, 'two'));
    symlinkSync('two', join(folder, 'one'));
    expect(() => enterTrustedDirectory(join(folder, 'one'))).toThrow(/leads through more than 40 links/);
  });
});

describe.runIf(isRoot)('enterTrustedDirectory, beside another user', () => {
  it('refuses a directory that belongs to somebody else, and what is in it', () => {
    mkdirSync(join(directory, 'own'), { recursive: true });
    chownSync(directory, nobody, nobody);
    for (const path of [directory, join(directory, 'own')]) {
      expect(() => enterTrustedDirectory(path)).toThrow(
        refusal(/dev: it belongs to user 65534, .*; choose another path/),
      );
    }
    chmodSync(directory, 0o1777);
    expect(() => enterTrustedDirectory(directory)).toThrow(refusal(/it belongs to user 65534/));
  });

  it('refuses a link that somebody else has made, wherever it leads', () => {
    mkdirSync(join(folder, 'real'));
    make(join(folder, 'shared'), 0o1777);
    const link = join(folder, 'shared', 'link');
    symlinkSync(join(folder, 'real'), link);
    expect(enterTrustedDirectory(link)).toBe(join(folder, 'real'));
    lchownSync(link, nobody, nobody);
    expect(() => enterTrustedDirectory(link)).toThrow(refusal(/shared\/link: it belongs to user 65534/));
  });
});

describe.runIf(isRoot && hasSetpriv)('a link of a user who is not root', () => {
  const dist = new URL('../dist/index.js', import.meta.url).href;
  const program = `
    const { VirtualPort } = await import(${JSON.stringify(dist)});
    const port = await VirtualPort.create({ link: process.argv[1] }).catch((error) => error);
    console.log(port.code ?? port.link, port.message ?? port.path);
    process.exit();`;
  /** What making a port with this link says to nobody. */
  const makeAsNobody = (link: string): string => {
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
    return execFileSync(setpriv, [...asNobody, '--input-type=module', '-e', program, link], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: join(folder, 'run') },
    });
  };

  beforeEach(() => {
    for (const path of [join(folder, 'run'), join(folder, 'home')]) {
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, nobody, nobody);
    }
    chmodSync(folder, 0o755);
  });

  it('is made below a home of its own in one of root, and in a directory that all share', () => {
    const own = join(folder, 'home', 'dev', 'ttyS0');
    expect(makeAsNobody(own)).toMatch(new RegExp(`^${own} /dev/pts/`));
    expect(statSync(join(folder, 'home', 'dev'))).toMatchObject({ uid: nobody });
    make(join(folder, 'shared'), 0o1777);
    const shared = join(folder, 'shared', 'ttyS0');
    expect(makeAsNobody(shared)).toMatch(new RegExp(`^${shared} /dev/pts/`));
    expect(readlinkSync(shared)).toMatch(/^\/dev\/pts\//);
  });

  it('is made where only the group of the user himself may write too, which has his number', () => {
    const [own, others] = [nobody, 1].map((group) => {
      const path = join(folder, 'home', `dev-${group}`);
      make(path, 0o775);
      chownSync(path, nobody, group);
      return join(path, 'ttyS0');
    });
    expect(makeAsNobody(own ?? '')).toMatch(/ \/dev\/pts\//);
    expect(makeAsNobody(others ?? '')).toMatch(/^state-untrusted .*run: chmod go-w/);
  });

  it('is refused where root lets everybody write, with a remedy that needs no root', () => {
    make(join(folder, 'shared'), 0o777);
    expect(makeAsNobody(join(folder, 'shared', 'ttyS0'))).toMatch(/^state-untrusted .*port; choose another path/);
  });

  it('is refused behind a link of a third user', () => {
    make(join(folder, 'shared'), 0o1777);
    symlinkSync(join(folder, 'home'), join(folder, 'shared', 'dev'));
    lchownSync(join(folder, 'shared', 'dev'), 1, 1);
    expect(makeAsNobody(join(folder, 'shared', 'dev', 'ttyS0'))).toMatch(/^state-untrusted .*belongs to user 1,/);
    expect(existsSync(join(folder, 'home', 'ttyS0'))).toBe(false);
  });
});
