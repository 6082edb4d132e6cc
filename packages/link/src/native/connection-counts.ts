import { isIPv6 } from 'node:net';

/** How many connections there are from each address. */
export class ConnectionCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts one more from `address`; false, and not counted, if there are as many as there may be. */
  add(address: string): boolean {
    const source = sourceOf(address);
    const count = this.#counts.get(source) ?? 0;
    if (count >= this.#limit) return false;
    this.#counts.set(source, count + 1);
    return true;
  }

  remove(address: string): void {
    const source = sourceOf(address);
    const count = this.#counts.get(source) ?? 0;
    if (count > 1) this.#counts.set(source, count - 1);
    else this.#counts.delete(source);
  }

  /** Addresses with connections. */
  get size(): number {
    return this.#counts.size;
  }
}

/**
 * Who counts as one: an IPv4 address; of IPv6 the network of 64 bits in which a machine gives itself any address it likes
 * (RFC 4862). All neighbours share the link-local one (RFC 4291 section 2.5.6), so there an address counts for itself.
 */
export function sourceOf(address: string): string {
  if (!isIPv6(address) || /^fe[89ab]/i.test(address)) return address;
  const [head = [], tail] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])].slice(0, 4).join(':');
}
