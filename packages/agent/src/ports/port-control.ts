import type { ListedPort } from '@sercli/protocol';
import type { SessionLink } from './session-link.ts';

/** Who has a session. */
export interface Holder {
  readonly name: string;
  readonly address: string;
}

/** Who controls a port, and since when. */
export interface PortControl extends Holder {
  readonly since: Date;
  /** Missing while the device is being opened. */
  session: SessionLink | undefined;
}

export function holderText({ name, address }: Holder): string {
  return `${name} (${address})`;
}

/** A time of day for messages: `10:04`. */
export function clockTime(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** As the port list tells it. */
export function toldControl({ name, address, since }: PortControl): NonNullable<ListedPort['controller']> {
  return { name, address, since: since.toISOString() };
}
