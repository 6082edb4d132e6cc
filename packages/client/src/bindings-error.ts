import type { SercliError } from '@sercli/protocol';

/** How reading and writing fail in a binding of node-serialport. */
export class BindingsError extends Error {
  override readonly name = 'BindingsError';
  /** The port was closed meanwhile. */
  readonly canceled: boolean;
  /** The port is gone; `cause` is the SercliError that says why. */
  readonly disconnect: boolean;

  constructor(
    message: string,
    { canceled = false, disconnect = false, cause }: { canceled?: boolean; disconnect?: boolean; cause?: SercliError },
  ) {
    super(message, { cause });
    this.canceled = canceled;
    this.disconnect = disconnect;
  }
}
