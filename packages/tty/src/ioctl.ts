import { lastError, libc } from './system-calls.ts';
import { TtyError } from './tty-error.ts';

/** Requests of ioctl_tty(2), numbered as in asm-generic/ioctls.h. */
export const requests = {
  TCFLSH: 0x540b,
  TIOCEXCL: 0x540c,
  TIOCNXCL: 0x540d,
  TIOCOUTQ: 0x5411,
  TIOCMGET: 0x5415,
  TIOCMBIS: 0x5416,
  TIOCMBIC: 0x5417,
  TIOCMSET: 0x5418,
  FIONREAD: 0x541b,
  TIOCGSERIAL: 0x541e,
  TIOCSSERIAL: 0x541f,
  TIOCPKT: 0x5420,
  TIOCSBRK: 0x5427,
  TIOCCBRK: 0x5428,
  TIOCGRS485: 0x542e,
  TIOCSRS485: 0x542f,
  TCGETS2: 0x802c542a,
  TCSETS2: 0x402c542b,
  TCSETSW2: 0x402c542c,
  TCSETSF2: 0x402c542d,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
  TIOCGEXCL: 0x80045440,
  TIOCGPTPEER: 0x5441,
  TIOCSERGETLSR: 0x5459,
  TIOCGICOUNT: 0x545d,
} as const;

export type Request = keyof typeof requests;

/** An ioctl on memory: the kernel reads `argument`, writes it, or both. Throws TtyError. */
export function ioctl(fd: number, request: Request, argument: Uint8Array): void {
  if (libc().ioctl(fd, requests[request], argument) < 0) throw lastError(request);
}

/** An ioctl whose argument is the number itself. Returns what the kernel returned; throws TtyError. */
export function ioctlValue(fd: number, request: Request, argument = 0): number {
  const result = libc().ioctlValue(fd, requests[request], argument);
  if (result < 0) throw lastError(request);
  return result;
}

/** An ioctl that fills in one C int. Throws TtyError. */
export function ioctlGetInt(fd: number, request: Request): number {
  const memory = new Int32Array(1);
  ioctl(fd, request, new Uint8Array(memory.buffer));
  return memory[0] ?? 0;
}

/** An ioctl that is given a pointer to one C int. Throws TtyError. */
export function ioctlSetInt(fd: number, request: Request, value: number): void {
  ioctl(fd, request, new Uint8Array(Int32Array.of(value).buffer));
}

/** ENOTTY as it should be, EINVAL from some drivers, and EOPNOTSUPP, as Node calls it, from cdc_acm. */
const missing = ['ENOTTY', 'EINVAL', 'ENOTSUP'];

/** What `action` gives; undefined when this tty's driver lacks the function. */
export function unlessMissing<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TtyError && Object.hasOwn(requests, error.syscall) && missing.includes(error.code))
      return undefined;
    throw error;
  }
}
