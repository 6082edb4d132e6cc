import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { requires } from '@sercli/testkit';
import { expect, it } from 'vitest';

const analyze = 'systemd-analyze';
const directory = fileURLToPath(new URL('../contrib/systemd/', import.meta.url));
const units = readdirSync(directory).filter((name) => name.endsWith('.service'));

requires({ programs: [analyze] })('systemd', () => {
  it.each(units)('finds nothing wrong with %s', (unit) => {
    const { stdout, stderr, status } = spawnSync(analyze, ['verify', '--man=no', directory + unit], {
      encoding: 'utf8',
    });
    // Words about units of this machine are not ours.
    const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('sercli'));
    expect({ ours, status }).toEqual({ ours: [], status: 0 });
  });
});
