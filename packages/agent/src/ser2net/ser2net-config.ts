import type { LineSettings } from '@sercli/protocol';
import type { Rs485 } from '@sercli/tty';
import type { ListenPlace } from '../server/listen-place.ts';
import type { Ser2netProtocol } from './network-port.ts';
import type { PlacedText, Ser2netNote } from './statement.ts';

/** A file that ser2net keeps of what passes. */
export interface Ser2netTrace {
  readonly file: string;
  readonly data: 'received' | 'written' | 'both';
  readonly hexdump: boolean;
  readonly timestamps: boolean;
}

/** How a connection is advertised by mDNS. */
export interface Ser2netAdvertisement {
  readonly service: 'iostream' | 'zwave';
  readonly name: string;
  readonly text: Readonly<Record<string, string>>;
}

/** A port of ser2net that can be served, with all defaults put in. */
export interface Ser2netPort {
  readonly name: string;
  readonly place: PlacedText;
  readonly isEnabled: boolean;
  /** Nothing where clients come by a rotator only. */
  readonly listen: ListenPlace | undefined;
  readonly protocol: Ser2netProtocol;
  /** A path, or `sim:echo`. */
  readonly device: string;
  readonly settings: LineSettings;
  readonly hangsUpOnClose: boolean;
  readonly dtr?: boolean;
  readonly rts?: boolean;
  readonly rs485?: Rs485;
  /** The device is opened at the start and kept open. */
  readonly keepOpen: boolean;
  readonly takesLockFile: boolean;
  /** Seconds; 0 is never. */
  readonly timeout: number;
  readonly maxConnections: number;
  readonly kicksOldUser: boolean;
  readonly allow: readonly string[];
  readonly breakOnSync: boolean;
  readonly signature: string;
  readonly banner: string;
  readonly openText: string;
  readonly closeText: string;
  readonly traces: readonly Ser2netTrace[];
  readonly advertise?: Ser2netAdvertisement;
}

export interface Ser2netRotator {
  readonly name: string;
  readonly place: PlacedText;
  readonly listen: ListenPlace;
  readonly protocol: Ser2netProtocol;
  /** Names of ports, in the order in which they are tried. */
  readonly ports: readonly string[];
}

/** What a configuration of ser2net says, whichever format it has. */
export interface Ser2netConfig {
  readonly ports: readonly Ser2netPort[];
  readonly rotators: readonly Ser2netRotator[];
  /** What is not carried over. */
  readonly notes: readonly Ser2netNote[];
}
