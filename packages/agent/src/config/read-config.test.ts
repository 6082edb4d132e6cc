import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configPlaces, findConfig } from './find-config.ts';
import { readConfig } from './read-config.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sercli-config-'));
  path = join(directory, 'sercli.yaml');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('readConfig', () => {
  it('reads a file', async () => {
    writeFileSync(path, '\uFEFFname: Werkstatt-Süd\n');
    expect(await readConfig(path)).toMatchObject({ file: path, name: 'Werkstatt-Süd' });
  });

  it('reads a file of the greatest length', async () => {
    writeFileSync(path, `name: a\n#${'x'.repeat(1024 * 1024 - 9)}`);
    expect(await readConfig(path)).toMatchObject({ name: 'a' });
  });

  it.each([
    ['a longer one', `name: a\n#${'x'.repeat(1024 * 1024 - 8)}`, 'is larger than 1048576 bytes'],
    ['what is not UTF-8', Buffer.from([0x6e, 0xff]), 'is not UTF-8'],
  ])('refuses %s', async (_what, content, reason) => {
    writeFileSync(path, content);
    await expect(readConfig(path)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(`${path} line 1, column 1: the file ${reason}`),
    });
  });

  it('does not read on for ever', async () => {
    await expect(readConfig('/dev/zero')).rejects.toMatchObject({ code: 'bad-config' });
  });

  it.each(['nowhere', '.'])('says why it cannot read %s', async (name) => {
    await expect(readConfig(join(directory, name))).rejects.toMatchObject({ code: 'state-unusable' });
  });
});

describe('findConfig', () => {
  it('takes SERCLI_CONFIG, whether it exists or not', async () => {
    expect(await findConfig({ SERCLI_CONFIG: path, XDG_CONFIG_HOME: directory })).toBe(path);
  });

  it('takes the file of the user', async () => {
    await mkdir(join(directory, 'sercli'));
    await writeFile(join(directory, 'sercli', 'sercli.yaml'), '');
    expect(await findConfig({ XDG_CONFIG_HOME: directory })).toBe(join(directory, 'sercli', 'sercli.yaml'));
  });

  it('looks at the places of the user and of the machine', () => {
    const last = '/etc/sercli/sercli.yaml';
    expect(configPlaces({ XDG_CONFIG_HOME: '/x' })).toEqual(['/x/sercli/sercli.yaml', last]);
    expect(configPlaces({ XDG_CONFIG_HOME: '' })).toEqual([join(homedir(), '.config/sercli/sercli.yaml'), last]);
  });
});
