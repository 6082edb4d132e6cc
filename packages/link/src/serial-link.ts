import type {
  Controller,
  FlushQueue,
  LineSettings,
  LineSettingsChange,
  ModemLines,
  SequenceStep,
  SercliError,
} from '@sercli/protocol';

/** Who is at the far end of a link. */
export interface LinkInfo {
  /** The port's name where it is served: `ttyS0`. */
  readonly name: string;
  /** What stands behind it: `/dev/ttyS0`, `sim:modem`, `exec:bash`, `SerialMachine:7372/ttyS0`. */
  readonly device: string;
}

/**
 * The state of a link.
 *
 * - `opening`: bytes may be written already, none has reached the device
 * - `up`: the device is there
 * - `lost`: the device or the way to it is gone and may come back
 * - `closed`: over; `error` is missing when it was closed on purpose
 */
export type LinkState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'up' }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'closed'; readonly error?: SercliError };

/**
 * What happens on a link besides bytes.
 *
 * `gap`, `break` and `line-error` have a place among the received bytes: they are delivered when the consumer has
 * consumed every byte before `offset`, and `peek` never reaches across them. All others are delivered at once.
 * Offsets count received bytes from the opening of the device.
 */
export type LinkEvent =
  /** `bytes` received bytes (undefined: nobody knows how many) are missing here; the next byte has offset + bytes. */
  | { readonly kind: 'gap'; readonly offset: number; readonly bytes: number | undefined }
  | { readonly kind: 'break'; readonly offset: number }
  | { readonly kind: 'line-error'; readonly offset: number; readonly error: 'parity' | 'framing' | 'overrun' }
  /** A modem line changed, whoever drives it. */
  | { readonly kind: 'lines'; readonly lines: ModemLines }
  /** The settings in force changed, whoever changed them. */
  | { readonly kind: 'settings'; readonly settings: LineSettings }
  /** Written bytes below `offset` have left the device: its driver's queue and its UART are empty. */
  | { readonly kind: 'drained'; readonly offset: number }
  /** The device went away: of the bytes it took, up to `bytes` may or may not have left it. They are not sent again. */
  | { readonly kind: 'in-doubt'; readonly bytes: number }
  /**
   * Who controls the port is another one: `controller`, or with control, who shares it. Without control, nothing that is
   * written reaches the device; of what was written before, the last `unsentBytes` do not.
   */
  | {
      readonly kind: 'control';
      readonly hasControl: boolean;
      readonly controller: Controller | undefined;
      readonly unsentBytes: number;
    }
  /** What the device sends is held back by flow control, because who controls the port reads late; or no longer. */
  | { readonly kind: 'hold'; readonly isHeld: boolean }
  /** `link.state` changed. */
  | { readonly kind: 'state'; readonly state: LinkState };

/** The one consumer of a link. All three are called synchronously and must not throw. */
export interface LinkListener {
  /** `peek` gives bytes where it gave none before; not called again while some wait. */
  readable(): void;
  /** `write` takes bytes again after it took less than it was given. */
  writable(): void;
  event(event: LinkEvent): void;
}

/**
 * A serial port: a device, a program, a simulator, a port of another machine. Whatever is a port provides this
 * interface, whatever serves a port consumes it.
 *
 * Offsets are byte counts since the link was opened, in each direction, below 2^53.
 */
export interface SerialLink {
  readonly info: LinkInfo;
  readonly state: LinkState;
  /** The settings in force on the device, which need not be those that were asked for. */
  readonly settings: LineSettings;
  /** The modem lines as last known; all off where the device has none. */
  readonly lines: ModemLines;

  /** Offset of the next received byte that `peek` gives. */
  readonly readOffset: number;
  /**
   * The next received bytes, at most `maxBytes`, ending before the next event; empty when there are none.
   * The memory belongs to the link and is valid until the next call of `consume` or return to the event loop.
   */
  peek(maxBytes: number): Uint8Array;
  /** Moves on by `bytes`, no more than the last `peek` gave, and so opens the sender's window. */
  consume(bytes: number): void;

  /**
   * Takes as many of the bytes as fit now and says how many. After a short count `writable` is called once there is room.
   * The memory may be reused as soon as this returns.
   */
  write(bytes: Uint8Array): number;
  /** Bytes taken by `write` so far. */
  readonly writeOffset: number;
  /** Bytes that the device's driver has taken so far: write(2) returned. */
  readonly takenOffset: number;
  /** Bytes that are known to have left the device; those from here to `writeOffset` are in doubt when it goes away. */
  readonly drainedOffset: number;
  /** Whether what is written and asked for reaches the device: someone else may control the port. */
  readonly hasControl: boolean;

  /**
   * Changes line settings after all bytes written before have left, and resolves to those in force then.
   * Order with bytes, sequences and drains is that of the calls.
   */
  configure(change: LineSettingsChange): Promise<LineSettings>;
  /**
   * Sets outputs and break step by step, timed where the device is: no step is shorter than it says. When the link ends,
   * the outputs go back to what they were before the sequence that runs; a break ends with the link too.
   */
  runSequence(steps: readonly SequenceStep[]): Promise<void>;
  /** Resolves when the last byte written before has left the device. */
  drain(): Promise<void>;
  /** Discards bytes (tcflush(3)); overtakes everything else. */
  flush(queue: FlushQueue): Promise<void>;

  /** Sets the one consumer; a second call replaces the first. Bytes that wait already are announced at once. */
  listen(listener: LinkListener): void;

  /** Closes after everything written has been handed to the device. Idempotent. */
  close(): Promise<void>;
  /** Closes now; what is still queued is discarded. */
  abort(error: SercliError): void;
  /** Resolves when the link is closed, to the error if it was not closed on purpose. Never rejects. */
  readonly closed: Promise<SercliError | undefined>;
}
