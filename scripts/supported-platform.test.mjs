import { expect, it } from 'vitest';
import { whyUnsupported } from './supported-platform.mjs';

const machine = { nodeVersion: '20.19.0', minimumNode: '20.19', platform: 'linux', arch: 'x64', isMusl: false };

it.each([[{}], [{ nodeVersion: '26.1.0' }], [{ nodeVersion: '20.20.2', arch: 'arm64' }]])(
  'sets up where everything is there: %o',
  (change) => {
    expect(whyUnsupported({ ...machine, ...change })).toBeUndefined();
  },
);

it.each([
  [{ nodeVersion: '20.18.3' }, /Node 20.19 or newer .* 20.18.3: install/],
  [{ nodeVersion: '12.22.9' }, /Node 20.19 or newer/],
  [{ platform: 'darwin' }, /this is macOS: .*protocol alone works/],
  [{ platform: 'win32' }, /this is Windows: /],
  [{ platform: 'freebsd' }, /this is freebsd: /],
  [{ arch: 'arm' }, /64-bit .* arm: /],
  [{ isMusl: true }, /glibc .* musl: /],
])('says in one sentence what is missing: %o', (change, sentence) => {
  const text = whyUnsupported({ ...machine, ...change });
  expect(text).toMatch(sentence);
  expect(text).not.toContain('\n');
});

it('finds nothing missing where these tests run', () => {
  expect(whyUnsupported()).toBeUndefined();
});
