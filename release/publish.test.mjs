import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../scripts/run-quietly.mjs';
import { publicPackages } from './public-packages.mjs';

const publish = fileURLToPath(new URL('publish.mjs', import.meta.url));
const packages = publicPackages(root).map(({ manifest }) => manifest);
const fileOf = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
/** Stands for npm: has the versions in `known`, writes down what is published, and refuses what `REFUSED` names. */
const npm = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const { basename } = require('node:path');
const [command, subject] = process.argv.slice(2);
if (command === 'view') {
  const known = JSON.parse(readFileSync(process.env.KNOWN, 'utf8'))[subject];
  if (known === undefined) { console.error('npm error code E404'); process.exit(1); }
  if (known === 'down') { console.error('npm error code ECONNREFUSED'); process.exit(1); }
  console.log(JSON.stringify(known));
} else {
  if (basename(subject) === process.env.REFUSED) process.exit(1);
  appendFileSync(process.env.PUBLISHED, basename(subject) + '\\n');
}
`;

let folder;
const inFolder = (name) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sercli-publish-'));
  writeFileSync(inFolder('npm'), npm, { mode: 0o755 });
  for (const manifest of packages) writeFileSync(inFolder(fileOf(manifest)), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it with what the registry has; resolves with its exit code, what it said, and what was published in which order. */
function run(known = {}, environment = {}) {
  writeFileSync(inFolder('known'), JSON.stringify(known));
  const files = { KNOWN: inFolder('known'), PUBLISHED: inFolder('published'), GITHUB_OUTPUT: inFolder('output') };
  const env = { PATH: folder, ...files, ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [publish, folder], { env }, (error, output, errors) => {
      const published = existsSync(files.PUBLISHED) ? readFileSync(files.PUBLISHED, 'utf8').trim().split('\n') : [];
      resolve({ code: error?.code ?? 0, said: `${output}${errors}`, published });
    });
  });
}

describe('publishing', () => {
  it('publishes what the registry does not know, each after what it depends on', async () => {
    const { code, published } = await run();
    expect(code).toBe(0);
    expect([...published].sort()).toEqual(packages.map(fileOf).sort());
    for (const manifest of packages) {
      const before = packages.filter(({ name }) => name in (manifest.dependencies ?? {}));
      const placeOf = (one) => published.indexOf(fileOf(one));
      expect(before.filter((one) => placeOf(one) > placeOf(manifest))).toEqual([]);
    }
  });

  it('goes on where it ended, and names every version for the job that tags', async () => {
    const [first, second, ...others] = packages;
    const known = { [first.name]: ['0.0.1', first.version], [second.name]: second.version };
    const { code, said, published } = await run(known);
    expect({ code, published }).toEqual({ code: 0, published: others.map(fileOf) });
    expect(said).toContain(`${second.name}@${second.version} is published already`);
    const versions = packages.map(({ name, version }) => `${name}@${version}`);
    expect(readFileSync(inFolder('output'), 'utf8')).toBe(`versions=${versions.join(' ')}\n`);
  });

  it('ends with the package that npm refuses', async () => {
    const [first, second] = packages;
    const { code, said, published } = await run({}, { REFUSED: basename(fileOf(second)) });
    expect({ code, published }).toEqual({ code: 1, published: [fileOf(first)] });
    expect(said).toContain(`${second.name}@${second.version} was not published`);
    expect(existsSync(inFolder('output'))).toBe(false);
  });

  it('publishes nothing where the registry cannot be asked', async () => {
    const { code, said, published } = await run({ sercli: 'down' });
    expect({ code, published }).toEqual({ code: 1, published: [] });
    expect(said).toMatch(/sercli: the registry does not say which versions it has: .*ECONNREFUSED/);
  });

  it('says what is not packed', async () => {
    rmSync(inFolder(fileOf(packages[0])));
    const { code, said } = await run();
    expect(code).toBe(1);
    expect(said).toMatch(/@sercli\/\S+: .* is missing; run npm run release:pack/);
  });
});
