import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { accessRemedy } from './device-permission.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sercli-permission-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('names the group that may open a device, and the command that joins it', async () => {
  const [device, groups] = [join(directory, 'tty'), join(directory, 'group')];
  await writeFile(device, '');
  await writeFile(groups, `dialout:x:${(await stat(device)).gid}:\n`);
  await chmod(device, 0o660);
  expect(await accessRemedy(device, groups)).toBe(
    `it belongs to the group dialout: run "sudo usermod -aG dialout ${userInfo().username}", then log in again`,
  );
  await chmod(device, 0o600);
  expect(await accessRemedy(device, groups)).toContain('only its owner');
});
