import { expect, it } from 'vitest';
import { manifestFaults } from './manifest-faults.mjs';

const workspace = { engines: { node: '>=20.19' }, licence: 'MIT\n', versions: { '@sercli/protocol': '0.2.0' } };
const manifest = {
  name: '@sercli/link',
  description: 'What a package is for, in one line.',
  keywords: ['serial', 'a', 'b', 'c'],
  type: 'module',
  license: 'MIT',
  engines: { node: '>=20.19' },
  repository: { type: 'git', url: 'git+https://github.com/sercli/sercli.git', directory: 'packages/link' },
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  files: ['dist', 'src', '!**/*.tsbuildinfo', '!**/*.test.ts', '!**/testing'],
  sideEffects: false,
  publishConfig: { access: 'public' },
  dependencies: { '@sercli/protocol': '^0.2.0', ws: '^8.23.0' },
};
const good = { folder: 'link', manifest, licence: 'MIT\n' };

it('finds nothing to say of a package that has everything', () => {
  expect(manifestFaults(good, workspace)).toEqual([]);
});

it('lets a library have more entries', () => {
  const tools = { types: './dist/tools.d.ts', default: './dist/tools.js' };
  const exports = { '.': manifest.exports['.'], './tools': tools, './package.json': './package.json' };
  expect(manifestFaults({ ...good, manifest: { ...manifest, exports } }, workspace)).toEqual([]);
});

it.each([
  [{ exports: { '.': './dist/index.js' } }, /exports in package.json must be .*types/],
  [{ exports: { ...manifest.exports, './tools': './dist/tools.js' } }, /exports .*tools.d.ts/],
  [{ engines: { node: '>=18' } }, /engines .*>=20.19/],
  [{ repository: { type: 'git', url: 'git+https://github.com/sercli/sercli.git' } }, /repository .*"packages\/link"/],
  [{ publishConfig: undefined }, /publishConfig .*"public"/],
  [{ sideEffects: undefined }, /sideEffects .* false/],
  [{ files: ['dist', 'src', '!**/*.tsbuildinfo', '!**/*.test.ts'] }, /files .*testing/],
  [{ description: 'Links' }, /description .* one line/],
  [{ keywords: ['serial'] }, /keywords/],
  [{ dependencies: { '@sercli/protocol': '0.1.0' } }, /@sercli\/protocol \^0.2.0, and it asks for 0.1.0/],
])('names the package and what is wrong: %o', (change, sentence) => {
  const faults = manifestFaults({ ...good, manifest: { ...manifest, ...change } }, workspace);
  expect(faults).toEqual([expect.stringMatching(sentence)]);
  expect(faults[0]).toMatch(/^packages\/link: /);
});

it.each([undefined, 'BSD\n'])('asks for the licence, which npm packs from nowhere else: %o', (licence) => {
  expect(manifestFaults({ ...good, licence }, workspace)).toEqual([expect.stringMatching(/LICENSE/)]);
});

it('asks a program for no entry of its own', () => {
  const program = { ...manifest, bin: { sercli: 'bin/sercli.cjs' }, files: ['bin'] };
  const exports = { './package.json': './package.json' };
  expect(manifestFaults({ ...good, manifest: { ...program, exports } }, workspace)).toEqual([]);
  expect(manifestFaults({ ...good, manifest: program }, workspace)).toEqual([expect.stringMatching(/exports/)]);
});
