import type { Controller } from '@sercli/protocol';
import type { SessionLink } from './session-link.ts';

/**
 * What becomes of a session that wants control where others have it: it is refused, it monitors, it shares control with
 * them, or it takes control from them, and they monitor.
 */
export type WhenBusy = 'refuse' | 'monitor' | 'share' | 'take';

/** Who has a session. */
export interface Holder {
  readonly name: string;
  /** `192.168.7.2:51034` */
  readonly address: string;
  /** The full one of the key that it proved to have; missing: it showed none, or came by the control socket. */
  readonly fingerprint?: string | undefined;
}

/** A session that controls a port, and since when. */
export interface PortControl {
  readonly holder: Holder;
  readonly since: Date;
  /** Missing while the session is being opened. */
  session: SessionLink | undefined;
}

export function holderText({ name, address }: Holder): string {
  return `${name} (${address})`;
}

/** The holder, with the time since when it is cut off if it is, and how many share the port with it. */
export function controlText({ holder, session }: PortControl, sharers = 0): string {
  const others = sharers === 0 ? '' : ` and ${sharers} ${sharers === 1 ? 'other' : 'others'}`;
  const cutSince = session?.status.cutSince;
  if (cutSince === undefined) return `${holderText(holder)}${others}`;
  return `${holder.name} (${holder.address}; cut off since ${clockTime(cutSince)})${others}`;
}

/** A time of day for messages: `10:04`. */
export function clockTime(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** As many of those who share a port are told by name: a message has a limit, and people read it. */
const mostTold = 8;

/** Who controls a port, as peers and the port list are told; undefined if nobody does. */
export function toldControl([first, ...others]: readonly PortControl[]): Controller | undefined {
  if (first === undefined) return undefined;
  if (others.length === 0) return toldHolder(first);
  return { ...toldHolder(first), others: others.slice(0, mostTold).map(toldHolder) };
}

function toldHolder({ holder, since }: PortControl): Controller {
  return { name: holder.name, address: holder.address, since: since.toISOString() };
}

/** The same key; of clients without one, the same name at the same IP address: the TCP port is another one with each connection. */
export function isSameClient(one: Holder, other: Holder): boolean {
  if (one.fingerprint !== undefined || other.fingerprint !== undefined) return one.fingerprint === other.fingerprint;
  return one.name === other.name && ipAddress(one) === ipAddress(other);
}

function ipAddress({ address }: Holder): string {
  return address.replace(/:\d+$/, '');
}
