import { afterEach, expect, it, vi } from 'vitest';
import { loadNative } from './native-modules.ts';

afterEach(() => vi.unstubAllGlobals());

it('names the module and the machine when a binary is missing', () => {
  expect(() => loadNative('@sercli/no-such-module')).toThrow(
    expect.objectContaining({
      code: 'ERR_NATIVE_MODULE',
      message: expect.stringContaining(`@sercli/no-such-module does not load on linux-${process.arch}, `),
      cause: expect.anything(),
    }),
  );
});

it('says that ttys need Linux', () => {
  vi.stubGlobal('process', { ...process, platform: 'darwin', arch: 'arm64' });
  expect(() => loadNative('koffi')).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
});
