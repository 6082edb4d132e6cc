import { getSystemErrorMap, getSystemErrorName } from 'node:util';

/** A failed system call on a tty, told like Node's own system errors: `EIO: i/o error, read`. */
export class TtyError extends Error {
  override readonly name = 'TtyError';
  /** The name of the errno: `EIO`, `EBUSY`; or `EOF`, `ENOTSUP`, `ERR_NATIVE_MODULE`. */
  readonly code: string;
  /** The call that failed: `read`, `TIOCMGET`. */
  readonly syscall: string;

  constructor(code: string, syscall: string, what: string, options?: { cause?: unknown }) {
    super(`${code}: ${what}, ${syscall}`, options);
    this.code = code;
    this.syscall = syscall;
  }
}

/** @param errno - positive, as errno(3) gives it */
export function errorFromErrno(errno: number, syscall: string, path?: string): TtyError {
  const name = getSystemErrorName(-errno);
  const text = getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error';
  return new TtyError(name, syscall, path === undefined ? text : `${text} '${path}'`);
}
