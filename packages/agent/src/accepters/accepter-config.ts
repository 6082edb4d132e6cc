import { type AccessProtocol, type LineSettingsChange, SercliError } from '@sercli/protocol';
import type { ListenPlace } from '../server/listen-place.ts';

/**
 * What becomes of a client that connects while somebody else controls the port.
 *
 * - `refuse`: it is told so and disconnected
 * - `monitor`: it reads, and what it sends reaches nobody
 * - `share`: it writes beside those who do already
 * - `replace`: it takes control; a client of an accepter that had it is disconnected, any other goes on watching
 */
export const busyRules = ['refuse', 'monitor', 'share', 'replace'] as const;
/** One of these rules. */
export type BusyRule = (typeof busyRules)[number];

/** The types of service that an accepter can be advertised as, without `_` and `._tcp`. */
export const advertisedServices = ['iostream', 'zwave', 'zigbee-coordinator'] as const;
export type AdvertisedService = (typeof advertisedServices)[number];

/** How other software finds an accepter by DNS-SD. */
export interface AccepterAdvertisement {
  readonly service: AdvertisedService;
  /** What it is called there; the port on the agent unless it is given. */
  readonly name?: string;
  /** Entries of the TXT record, besides and instead of those that the agent makes of what it knows. */
  readonly text: Readonly<Record<string, string>>;
}

/**
 * A TCP port on which a serial port is served to programs that speak no native protocol. Whoever connects is not asked who
 * it is. Plain data: two accepters are the same when their JSON is.
 */
export interface AccepterConfig {
  /** One place or several; clients of all of them count together. */
  readonly listen: readonly ListenPlace[];
  readonly protocol: AccessProtocol;
  /** What the line is set to when a client gets control; what is missing stays as it is. */
  readonly settings: LineSettingsChange;
  readonly onBusy: BusyRule;
  /** Networks that may connect, as `192.168.7.0/24` or an address; without any, everybody who reaches the TCP port. */
  readonly allow: readonly string[];
  /** Clients at once. */
  readonly maxSessions: number;
  /** Milliseconds without a byte in either direction, after which a client is disconnected; 0: never. */
  readonly idleMs: number;
  /** Milliseconds that DTR is off when a client that controls the port connects; 0: DTR is left alone. */
  readonly pulseDtrMs: number;
  /** Bytes a second that go to the device at most; missing: as fast as it takes them. */
  readonly paceBytesPerSecond?: number;
  /** Clients may set the line and its modem lines, in protocols that can. */
  readonly remoteControl: boolean;
  /** The synch signal of telnet (RFC 854) sends a break. */
  readonly breakOnSync: boolean;
  /** What RFC 2217 clients are told that they are connected to. */
  readonly signature?: string;
  /** Templates as ser2net has them, with its escapes: for the client when it connects, */
  readonly banner?: string;
  /** for the device when the first client of the accepter connects, */
  readonly openText?: string;
  /** and when the last one leaves. */
  readonly closeText?: string;
  /** A disabled accepter does not listen. */
  readonly enabled: boolean;
  readonly advertise?: AccepterAdvertisement;
}

/** An accepter and the ports that it serves: with several, each client gets the first that is free. */
export interface PlacedAccepter {
  readonly ports: readonly string[];
  readonly config: AccepterConfig;
}

/** Clients of one accepter at once, where they do not exclude each other. */
export const defaultMaxSessions = 16;

/** An accepter of which no more is said than this. */
export function accepterOf(
  listen: ListenPlace | readonly ListenPlace[],
  said: Partial<Omit<AccepterConfig, 'listen'>> = {},
): AccepterConfig {
  const { protocol = 'auto', onBusy = 'refuse' } = said;
  return {
    listen: 'host' in listen ? [listen] : listen,
    protocol,
    settings: {},
    onBusy,
    allow: [],
    maxSessions: onBusy === 'monitor' || onBusy === 'share' ? defaultMaxSessions : 1,
    idleMs: 0,
    pulseDtrMs: 0,
    remoteControl: protocol !== 'telnet',
    breakOnSync: false,
    enabled: true,
    ...said,
  };
}

/**
 * All accepters of an agent: those that stand with its ports, and others.
 *
 * @param isFinding whether ports that nobody named are served too
 * @throws SercliError `usage` where an accepter is for a port that there can never be
 */
export function placedAccepters(
  ports: readonly { readonly spec: { readonly name: string }; readonly accepters: readonly AccepterConfig[] }[],
  others: readonly PlacedAccepter[],
  isFinding: boolean,
): PlacedAccepter[] {
  const names = ports.map(({ spec }) => spec.name);
  const unknown = others.flatMap((other) => other.ports).find((name) => !names.includes(name));
  if (unknown !== undefined && !isFinding) {
    const remedy = `name one of ${names.join(', ')}, or serve it too with --port ${unknown}=DEVICE`;
    throw new SercliError('usage', { what: `an accepter is for ${unknown}, which is not served`, remedy });
  }
  const own = ports.flatMap(({ spec, accepters }) => accepters.map((config) => ({ ports: [spec.name], config })));
  return [...own, ...others];
}
