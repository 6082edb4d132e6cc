import type { Controller, LineSettings, ModemLines, SercliError } from '@sercli/protocol';

/**
 * What a `RemotePort` emits, besides what every stream does: `event -> arguments`.
 *
 * What has an `offset` is told in its place: the reader was given so many bytes before, and is given the next ones behind it.
 */
export interface RemotePortEvents {
  /** `bytes` received bytes (undefined: nobody knows how many) are missing here. */
  gap: [{ readonly offset: number; readonly bytes: number | undefined }];
  /** The device sent a break. */
  break: [{ readonly offset: number }];
  /** The byte before was damaged on the line, or (`overrun`) bytes were lost in the device's hardware or driver. */
  'line-error': [{ readonly offset: number; readonly error: 'parity' | 'framing' | 'overrun' }];
  /** Up to `bytes` of the bytes written last may or may not have reached the device. They are not sent again. */
  'in-doubt': [{ readonly bytes: number }];
  /** A modem line changed, whoever drives it. */
  lines: [lines: ModemLines];
  /** The settings in force changed, whoever changed them. */
  settings: [settings: LineSettings];
  /**
   * Who controls the port is another one. Without control nothing that is written reaches the device; of what was written
   * before, the last `unsentBytes` do not.
   */
  control: [
    { readonly hasControl: boolean; readonly controller: Controller | undefined; readonly unsentBytes: number },
  ];
  /** So many bytes were written while another one controlled the port, and discarded. */
  refused: [{ readonly bytes: number }];
  /** Who only watches is told: what the device sends is held back, because who controls the port reads late; or no longer. */
  hold: [{ readonly isHeld: boolean }];
  /** The connection is cut, the session is over or the device is gone: a pause, unless the stream ends. */
  lost: [{ readonly reason: string }];
  /** It goes on. */
  up: [{ readonly pausedMs: number }];
}

/** What every duplex stream emits. */
export interface StreamEvents {
  data: [chunk: Buffer];
  end: [];
  /** The port is over; a SercliError, unless the stream was misused. */
  error: [error: Error | SercliError];
  close: [];
  drain: [];
  finish: [];
  pause: [];
  resume: [];
  readable: [];
}

export type Events = RemotePortEvents & StreamEvents;
export type Listener<Name extends keyof Events> = (...args: Events[Name]) => void;
export type UntypedListener = (...args: unknown[]) => void;
