import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceWatch } from './device-watch.ts';

describe('DeviceWatch', () => {
  let directory: string;
  let changes = 0;
  let told: () => void = () => undefined;
  const watches: DeviceWatch[] = [];
  const watch = (path: string): void => {
    watches.push(
      new DeviceWatch([path], () => {
        changes += 1;
        told();
      }),
    );
  };
  const nextChange = (): Promise<void> => new Promise((resolve) => (told = resolve));
  beforeEach(async () => {
    changes = 0;
    directory = await mkdtemp(join(tmpdir(), 'sercli-watch-'));
  });
  afterEach(async () => {
    for (const each of watches.splice(0)) each.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('tells of what comes, goes and changes its permissions, once for what comes together', async () => {
    watch(directory);
    let change = nextChange();
    await Promise.all(['a', 'b', 'c'].map((name) => symlink('/dev/null', join(directory, name))));
    await change;
    expect(changes).toBe(1);
    change = nextChange();
    await writeFile(join(directory, 'd'), '');
    await chmod(join(directory, 'd'), 0o600);
    await change;
    change = nextChange();
    await rm(join(directory, 'a'));
    await change;
    expect(changes).toBe(3);
  });

  it('does not tell of writes', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    watch(directory);
    for (let index = 0; index < 20; index += 1) await writeFile(file, 'traffic', { flag: 'r+' });
    const change = nextChange();
    await symlink('/dev/null', join(directory, 'last'));
    await change;
    expect(changes).toBe(1);
  });

  it('waits for a directory that is not there yet, and sees what comes in it', async () => {
    const deep = join(directory, 'serial', 'by-id');
    watch(deep);
    const made = nextChange();
    await mkdir(deep, { recursive: true });
    await made;
    const filled = nextChange();
    await symlink('/dev/null', join(deep, 'usb-FTDI'));
    await filled;
  });

  it('sees a directory that is made anew', async () => {
    const inner = join(directory, 'dev');
    await mkdir(inner);
    watch(inner);
    const gone = nextChange();
    await rm(inner, { recursive: true });
    await gone;
    const again = nextChange();
    await mkdir(inner);
    await again;
    const filled = nextChange();
    await symlink('/dev/null', join(inner, 'ttyUSB0'));
    await filled;
  });

  it('tells nothing after it was closed', async () => {
    watch(directory);
    for (const each of watches) each.close();
    await symlink('/dev/null', join(directory, 'a'));
    watch(directory);
    const change = nextChange();
    await symlink('/dev/null', join(directory, 'b'));
    await change;
    expect(changes).toBe(1);
  });
});
