import type { Controller } from '@sercli/protocol';
import type { SessionLink } from './session-link.ts';

/** Who has a session. */
export interface Holder {
  readonly name: string;
  /** `192.168.7.2:51034` */
  readonly address: string;
  /** The full one of the key that it proved to have; missing: it showed none, or came by the control socket. */
  readonly fingerprint?: string | undefined;
}

/** Who controls a port, and since when. */
export interface PortControl {
  readonly holder: Holder;
  readonly since: Date;
  /** Missing while the session is being opened. */
  session: SessionLink | undefined;
}

export function holderText({ name, address }: Holder): string {
  return `${name} (${address})`;
}

/** The holder, with the time since when it is cut off if it is. */
export function controlText({ holder, session }: PortControl): string {
  const cutSince = session?.status.cutSince;
  if (cutSince === undefined) return holderText(holder);
  return `${holder.name} (${holder.address}; cut off since ${clockTime(cutSince)})`;
}

/** A time of day for messages: `10:04`. */
export function clockTime(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** As peers and the port list are told. */
export function toldControl({ holder, since }: PortControl): Controller {
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
