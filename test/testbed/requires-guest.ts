import { requires } from '@sercli/testkit';
import { describe } from 'vitest';
import { isKernelCached } from './kernel.ts';

const programs = ['ip', 'socat', 'setpriv', 'qemu-system-x86_64', 'busybox', 'cpio', 'modprobe', 'depmod', 'xz'];

/** Set where the kernel may be fetched: `npm run test:hardware` does, and .ci/run. */
const mayFetch = process.env.SERCLI_TESTBED === 'fetch';

/**
 * vitest's `describe` where a guest can be booted; otherwise the suite is skipped and its name says why.
 *
 * @param besides programs that the suite needs too
 */
export function requiresGuest(name: string, suite: () => void, besides: readonly string[] = []): void {
  const canBoot = process.arch === 'x64' && (mayFetch || isKernelCached());
  if (canBoot)
    return requires({ root: true, networkNamespaces: true, programs: [...programs, ...besides] })(name, suite);
  const reason =
    process.arch === 'x64'
      ? "the guest's kernel has not been fetched: npm run test:hardware does it"
      : `the guest is an x64 machine, and on ${process.arch} there is no kernel for it`;
  describe.skip(`${name} (skipped: ${reason})`, suite);
}
