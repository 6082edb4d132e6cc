import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { preloadNatives } from './preload-natives.ts';

const require = createRequire(import.meta.url);
const paths = ['koffi', '@serialport/bindings-cpp/dist/serialport-bindings.js'].map((name) => require.resolve(name));
const loaded = (): boolean[] => paths.map((path) => path in require.cache);

afterEach(() => vi.unstubAllGlobals());

it('fails quietly where native modules cannot be loaded', async () => {
  vi.stubGlobal('process', { platform: 'plan9', arch: 'x64' });
  preloadNatives();
  await turn();
  await turn();
  expect(loaded()).toEqual([false, false]);
});

it.skipIf(process.platform !== 'linux')('loads one native module in each of the next two turns', async () => {
  preloadNatives();
  expect(loaded()).toEqual([false, false]);
  await turn();
  expect(loaded()).toEqual([true, false]);
  await turn();
  expect(loaded()).toEqual([true, true]);
});
