import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPacked } from './check-packed.mjs';

const manifest = {
  name: '@sercli/tty',
  version: '0.3.0',
  type: 'module',
  license: 'MIT',
  repository: { type: 'git', url: 'git+https://github.com/sercli/sercli.git', directory: 'packages/tty' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
  files: ['dist'],
  sideEffects: false,
};
const files = {
  'README.md': '# @sercli/tty\n',
  LICENSE: 'MIT\n',
  'dist/index.js': 'export const speed = 9600;\n',
  'dist/index.d.ts': 'export declare const speed = 9600;\n',
};

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sercli-packing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Packs a package with npm, like what is published, and checks that file. */
function check({ change = {}, more = {}, without = [] }) {
  const source = join(folder, 'package');
  const wanted = { ...files, ...more, 'package.json': JSON.stringify({ ...manifest, ...change }) };
  for (const [path, text] of Object.entries(wanted)) {
    if (without.includes(path)) continue;
    mkdirSync(join(source, dirname(path)), { recursive: true });
    writeFileSync(join(source, path), text);
  }
  execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: source, stdio: 'ignore' });
  return checkPacked(
    join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.tgz')),
    ),
  );
}

describe('a packed package', () => {
  it('passes when it has what it should, and no more', async () => {
    const { row, faults } = await check({});
    expect(faults).toEqual([]);
    expect(row).toMatchObject({ package: '@sercli/tty', version: '0.3.0', files: 5 });
  });

  it.each([
    ['dist/index.test.js', /dist\/index.test.js is packed, and it is a test/],
    ['dist/testing/suite.js', /dist\/testing\/suite.js is packed, and it is for tests only/],
    ['dist/.tsbuildinfo', /dist\/.tsbuildinfo is packed, and it is what the compiler keeps/],
  ])('must not have %s', async (path, sentence) => {
    const { faults } = await check({ more: { [path]: 'export {};\n' } });
    expect(faults).toEqual([expect.stringMatching(sentence)]);
    expect(faults[0]).toMatch(/^@sercli\/tty: /);
  });

  it.each(['README.md', 'LICENSE'])('must have %s', async (path) => {
    const { faults } = await check({ without: [path] });
    expect(faults).toEqual([`@sercli/tty: ${path} is not packed`]);
  });

  it('must not be over its budget, fetched or on the disk', async () => {
    const { faults } = await check({
      more: { 'dist/table.js': `export const table = '${randomBytes(200_000).toString('hex')}';\n` },
    });
    expect(faults).toEqual([
      expect.stringMatching(/^@sercli\/tty: it has \d+ kB packed, \d+ kB at most; make it smaller or raise/),
      expect.stringMatching(/^@sercli\/tty: it has \d+ kB unpacked, \d+ kB at most; make it smaller or raise/),
    ]);
  });

  it('must have a budget', async () => {
    const { faults } = await check({ change: { name: '@sercli/new' } });
    expect(faults[0]).toMatch(/^@sercli\/new: it has no size budget; set one/);
  });

  it('must have an entry for types', async () => {
    const { faults } = await check({ change: { exports: { '.': './dist/index.js' } }, without: ['dist/index.d.ts'] });
    expect(faults).toContainEqual('@sercli/tty: the entry . has no "types" in "exports"');
    expect(faults).toContainEqual('@sercli/tty: it has no types');
  });

  it('must have the files that its entries name', async () => {
    const { faults } = await check({ without: ['dist/index.d.ts'] });
    expect(faults).toContainEqual('@sercli/tty: dist/index.d.ts is not packed');
    expect(faults).toContainEqual(expect.stringMatching(/^@sercli\/tty: publint: .*dist\/index.d.ts/));
  });

  it('must have types that are those of its code', async () => {
    const { faults } = await check({ more: { 'dist/index.d.ts': "export * from './missing.js';\n" } });
    expect(faults).toEqual([expect.stringMatching(/^@sercli\/tty: the types are wrong.*: InternalResolutionError/)]);
  });

  it('must please publint', async () => {
    const exports = { '.': { default: './dist/index.js', types: './dist/index.d.ts' } };
    const { faults } = await check({ change: { exports } });
    expect(faults).toContainEqual(expect.stringMatching(/^@sercli\/tty: publint: .*types should be the first/));
  });
});
