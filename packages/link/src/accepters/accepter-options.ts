import type { Duplex } from 'node:stream';
import type { AccessProtocol, SpokenProtocol } from '@sercli/protocol';
import type { SerialLink } from '../serial-link.ts';
import type { SessionClock } from './session-clock.ts';

/** A client on a byte stream, the port that it uses, and how. */
export interface AccepterSessionOptions {
  /** The session closes it. */
  readonly link: SerialLink;
  /** A socket; TCP_NODELAY and keep-alive are up to who accepted it. The session ends it. */
  readonly stream: Duplex;
  readonly protocol: AccessProtocol;
  /** What an RFC 2217 client is told when it asks who serves it. Default `sercli`. */
  readonly signature?: string;
  /** Sent to the client before anything of the device, as data. */
  readonly banner?: Uint8Array;
  /** Bytes a second that the device is given at most. */
  readonly writePaceBytesPerSecond?: number;
  /** After so many milliseconds without a byte in either direction, the session ends. */
  readonly idleMs?: number;
  /** Telnet's synch (IAC DM) sends a break, as ser2net's `telnet-brk-on-sync`. */
  readonly telnetBreakOnSync?: boolean;
  /**
   * Default true. False: what a client sets is remembered and answered as asked, and not applied; `telnet` refuses
   * com-port control then.
   */
  readonly allowsSettings?: boolean;
  /**
   * What `auto` has decided. Called once, and once more with `rfc2217` when a telnet client takes up com-port control
   * later.
   */
  onDecided?(protocol: SpokenProtocol): void;
  /** The device went away: so many bytes of the client may or may not have left it. No protocol here can tell the client. */
  onInDoubt?(bytes: number): void;
  readonly clock?: SessionClock;
}
