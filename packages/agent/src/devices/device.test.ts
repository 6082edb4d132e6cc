import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SercliError } from '@sercli/protocol';
import { LinkApplication, PtyFarEnd, patternBytes, serialLinkSuite } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDevice } from './device.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sercli-device-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

serialLinkSuite('a device', async () => {
  const farEnd = new PtyFarEnd();
  const link = await openDevice(farEnd.path, {}, { lockDirectory: directory });
  farEnd.start();
  return {
    link,
    farEnd,
    hasLines: false,
    cleanup: () => farEnd.close(),
  };
});

describe('openDevice', () => {
  let farEnd: PtyFarEnd;
  const options = () => ({ lockDirectory: directory });
  const number = () => basename(farEnd.path);
  beforeEach(() => {
    farEnd = new PtyFarEnd();
  });
  afterEach(() => farEnd.close());

  const codeOf = async (opening: Promise<unknown>): Promise<SercliError> => {
    const error = await opening.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof SercliError) return error;
    throw new Error(`no coded error: ${error}`);
  };

  it('applies all settings and says which are in force', async () => {
    const wanted = { baudRate: 57_600, stopBits: 2, flowControl: 'hardware' } as const;
    const link = await openDevice(farEnd.path, wanted, options());
    expect(link.settings).toEqual({ ...wanted, dataBits: 8, parity: 'none' });
    expect(link.info).toEqual({ name: number(), device: farEnd.path });
    expect(execFileSync('stty', ['-F', farEnd.path, '-a'], { encoding: 'utf8' })).toMatch(
      / hupcl cstopb .*crtscts.*-icanon.*-echo /s,
    );
    await link.close();
  });

  it('takes any speed, exactly', async () => {
    const link = await openDevice(farEnd.path, { baudRate: 31_250 }, options());
    expect(link.settings.baudRate).toBe(31_250);
    expect((await link.configure({ baudRate: 1_234_567 })).baudRate).toBe(1_234_567);
    await link.close();
  });

  it('does not hang up on close when asked not to', async () => {
    const link = await openDevice(farEnd.path, {}, { ...options(), hangsUpOnClose: false });
    expect(execFileSync('stty', ['-F', farEnd.path, '-a'], { encoding: 'utf8' })).toContain('-hupcl');
    await link.close();
  });

  it('locks while it is open: UUCP files for both names, and flock', async () => {
    const alias = join(directory, 'alias');
    await symlink(farEnd.path, alias);
    const link = await openDevice(alias, {}, options());
    const files = (await readdir(directory)).filter((name) => name !== 'alias').sort();
    expect(files).toEqual([`LCK..${alias.replaceAll('/', '_')}`, `LCK..pts_${number()}`].sort());
    expect(await readFile(join(directory, `LCK..pts_${number()}`), 'latin1')).toBe(
      `${String(process.pid).padStart(10)}\n`,
    );
    expect(() => execFileSync('flock', ['-n', farEnd.path, 'true'])).toThrow();
    await link.close();
    expect(await readdir(directory)).toEqual(['alias']);
    expect(() => execFileSync('flock', ['-n', farEnd.path, 'true'])).not.toThrow();
  });

  it('is busy for a second one, with and without lock files', async () => {
    const link = await openDevice(farEnd.path, {}, options());
    const locked = await codeOf(openDevice(farEnd.path, {}, options()));
    expect(locked.code).toBe('device-busy');
    expect(locked.message).toContain(`(process ${process.pid})`);
    const other = { lockDirectory: join(directory, 'none') };
    expect((await codeOf(openDevice(farEnd.path, {}, other))).code).toBe('device-busy');
    await link.close();
  });

  it('names the program that holds the device by flock', async () => {
    const holder = spawn('flock', ['-o', farEnd.path, 'sh', '-c', 'echo locked; read line'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const error = await codeOf(openDevice(farEnd.path, {}, options()));
    expect(error.code).toBe('device-busy');
    expect(error.message).toContain(`flock (process ${holder.pid})`);
    expect(await readdir(directory)).toEqual([]);
    holder.stdin.end();
    await once(holder, 'exit');
    await (await openDevice(farEnd.path, {}, options())).close();
  });

  it('says what is missing', async () => {
    expect((await codeOf(openDevice('/dev/pts/none', {}, options()))).code).toBe('device-not-found');
    const file = join(directory, 'file');
    await writeFile(file, '');
    expect((await codeOf(openDevice(file, {}, options()))).message).toContain('no character device');
    expect((await codeOf(openDevice('/dev/null', {}, options()))).code).toBe('device-failed');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('leaves no descriptor and no lock behind', async () => {
    const open = async () => (await readdir('/proc/self/fd')).length;
    await (await openDevice(farEnd.path, {}, options())).close();
    const before = await open();
    for (let round = 0; round < 20; round += 1) {
      const link = await openDevice(farEnd.path, {}, options());
      const application = new LinkApplication(link);
      farEnd.start();
      farEnd.write(patternBytes(100, round));
      await application.until(() => application.received.length === 100);
      if (round % 2 === 0) await link.close();
      else link.abort(new SercliError('aborted', { what: 'round' }));
      await link.closed;
    }
    expect(await open()).toBe(before);
    expect(await readdir(directory)).toEqual([]);
  });

  it('works where there is no lock directory', async () => {
    await mkdir(join(directory, 'empty'));
    const link = await openDevice(farEnd.path, {}, { lockDirectory: join(directory, 'missing') });
    expect(link.state.kind).toBe('up');
    await link.close();
  });
});
