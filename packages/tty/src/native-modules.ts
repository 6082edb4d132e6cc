import { createRequire } from 'node:module';
import { TtyError } from './tty-error.ts';

const require = createRequire(import.meta.url);

/** Architectures whose kernels number their ioctls in another way than asm-generic/ioctls.h. */
const otherNumbering = ['mips', 'mipsel', 'ppc', 'ppc64'];

/**
 * Loads a native module at its first use, so that importing this package works everywhere.
 *
 * @throws TtyError `ENOTSUP` where ttys are not driven by the ioctls used here, `ERR_NATIVE_MODULE` when the module has
 * no prebuilt binary for this machine
 */
export function loadNative(module: string): unknown {
  if (process.platform !== 'linux' || otherNumbering.includes(process.arch)) {
    throw new TtyError('ENOTSUP', 'load', `ttys need Linux, and this is ${process.platform}-${process.arch}`);
  }
  try {
    return require(module);
  } catch (cause) {
    const machine = `${process.platform}-${process.arch}, ${libc()}`;
    throw new TtyError('ERR_NATIVE_MODULE', 'load', `the prebuilt binary of ${module} does not load on ${machine}`, {
      cause,
    });
  }
}

function libc(): string {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined ? 'musl' : `glibc ${header.glibcVersionRuntime}`;
}
