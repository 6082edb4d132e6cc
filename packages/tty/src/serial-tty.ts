import type { LineSettings } from './line-settings.ts';
import type { LineCounters, ModemLines } from './modem-lines.ts';
import type { Interest, PolledFdHandlers } from './polled-fd.ts';

/**
 * An open serial port, as its driver offers it. What a driver cannot tell is undefined. Every method throws TtyError:
 * `EIO` and the like when the device is gone.
 */
export interface SerialTty {
  /** Whether what is read has error marks in it, for `ErrorMarkDecoder`. */
  readonly hasErrorMarks: boolean;

  /** To be called once, before `setInterest`. */
  listen(handlers: PolledFdHandlers): void;
  setInterest(interest: Interest): void;
  /** Bytes read; 0 when none wait. */
  read(into: Uint8Array): number;
  /** Bytes taken by the driver, which may be fewer than given. */
  write(bytes: Uint8Array): number;

  readonly settings: LineSettings;
  /** Sets what `change` names and returns what is in force then. */
  applySettings(change: Partial<LineSettings>): LineSettings;
  readonly lines: ModemLines | undefined;
  setOutputs(outputs: { readonly dtr?: boolean; readonly rts?: boolean }): void;
  /** False where the driver has no break. */
  setBreak(on: boolean): boolean;
  readonly counters: LineCounters | undefined;

  /** Bytes that were received and not read. */
  readonly unreadBytes: number;
  /** Bytes that were written and are still in the driver; those in the hardware are not counted. */
  readonly unsentBytes: number;
  /** Whether the hardware has sent all that it was given. */
  readonly isTransmitterEmpty: boolean | undefined;
  flush(queue: 'received' | 'unsent' | 'both'): void;
  /** Gives the device up without waiting for bytes that cannot leave. Idempotent. */
  close(): Promise<void>;
}
