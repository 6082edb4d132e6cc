import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/sercli.cjs', import.meta.url));

describe('What Node has compiled', () => {
  let home: string;
  let spy: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'sercli-cache-'));
    spy = join(home, 'spy.cjs');
    // Older Node has no such function, and newer Node tells nobody where it keeps what it keeps.
    writeFileSync(spy, "require('node:module').enableCompileCache = (directory) => console.log(directory);");
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("is kept in the user's cache", () => {
    expect(keptIn({ XDG_CACHE_HOME: home })).toBe(join(home, 'sercli'));
    expect(statSync(join(home, 'sercli')).mode & 0o777).toBe(0o700);
  });

  it.each(['', 'relative', join('/nowhere', 'cache')])('is not kept where there is no such directory: "%s"', (said) => {
    expect(keptIn({ XDG_CACHE_HOME: said, HOME: join(home, 'nobody') })).toBeUndefined();
  });

  it.each(['.', 'sercli'])('is not kept, and so not run, where others can write: in %s', (directory) => {
    mkdirSync(join(home, directory), { recursive: true });
    chmodSync(join(home, directory), 0o777);
    expect(keptIn({ XDG_CACHE_HOME: home })).toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)('is not kept, and so not run, in what belongs to another user', () => {
    chownSync(home, 65534, 65534);
    expect(keptIn({ XDG_CACHE_HOME: home })).toBeUndefined();
  });

  /** The directory, if there is one; the program starts in either case. */
  function keptIn(environment: Record<string, string>): string | undefined {
    const options = { encoding: 'utf8', env: { ...process.env, ...environment } } as const;
    const lines = execFileSync(process.execPath, ['--require', spy, program, '--version'], options).trim().split('\n');
    expect(lines.pop()).toMatch(/^\d+\.\d+\.\d+$/);
    return lines.pop();
  }
});
