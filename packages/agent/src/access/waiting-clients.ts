import { type Peer, shownFingerprint, sourceOf } from '@sercli/link';
import { type AdmissionRequest, type AgentLimits, SercliError, type WaitingClient } from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import { AdmissionRate } from './admission-rate.ts';
import { shownName } from './client-name.ts';

/** How it ended: it was let in, or it was not and this is why. */
export type Outcome = { readonly isAdmitted: true } | { readonly isAdmitted: false; readonly error: SercliError };

type WaitingLimits = Pick<
  AgentLimits,
  | 'waitingClients'
  | 'waitingClientsPerAddress'
  | 'waitingMs'
  | 'waitingConnectionsPerClient'
  | 'admissionsPerMinute'
  | 'countedAddresses'
>;

export interface WaitingClientsOptions {
  readonly limits: WaitingLimits;
  /** What the agent is called. */
  host(): string;
  readonly logger: Logger;
}

/** Who asks to be let in: a client with a certificate. */
export type Stranger = Peer & { readonly fingerprint: string };

interface Entry {
  readonly client: Omit<WaitingClient, 'isConnected'>;
  /** Whose connections count together. */
  readonly source: string;
  readonly expiry: NodeJS.Timeout;
  readonly waiting: Set<(outcome: Outcome) => void>;
}

/** Clients that asked to be let in and about which nobody has decided. Who goes away meanwhile is remembered all the same. */
export class WaitingClients {
  readonly #options: WaitingClientsOptions;
  readonly #entries = new Map<string, Entry>();
  /** Those turned away, until when they are not asked about again, the first first. */
  readonly #turnedAway = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  readonly #rate: AdmissionRate;

  constructor(options: WaitingClientsOptions) {
    this.#options = options;
    const { admissionsPerMinute, countedAddresses } = options.limits;
    this.#rate = new AdmissionRate(admissionsPerMinute, countedAddresses);
  }

  /** The longest first. */
  list(): WaitingClient[] {
    return [...this.#entries.values()].map(({ client, waiting }) => ({ ...client, isConnected: waiting.size > 0 }));
  }

  /** Calls `changed` with them, now and whenever they are others, until what is returned is called. */
  watch(changed: (waiting: readonly WaitingClient[]) => void): () => void {
    const tell = (): void => changed(this.list());
    this.#watchers.add(tell);
    tell();
    return () => void this.#watchers.delete(tell);
  }

  /**
   * Notes who asks, and for what; one that has asked before waits anew.
   *
   * @throws SercliError `not-authorized` when it was turned away, too many wait, or its address asks too often
   */
  ask(peer: Stranger, { name, role, port }: AdmissionRequest): void {
    const { fingerprint, address } = peer;
    const { waitingMs } = this.#options.limits;
    const before = this.#entries.get(fingerprint);
    const source = sourceOf(peer.ipAddress ?? '');
    if (before === undefined) this.#refuseTooMany(fingerprint, source);
    if (!this.#rate.take(source)) {
      throw this.#refused(fingerprint, 'its address asks too often; try again in a minute');
    }
    clearTimeout(before?.expiry);
    const now = Date.now();
    const wanted = { role, ...(port === undefined ? {} : { port }) };
    const times = { since: before?.client.since ?? instant(now), until: instant(now + waitingMs) };
    const client = { fingerprint, name: shownName(name), address, ...wanted, ...times };
    this.#entries.set(fingerprint, {
      client,
      source,
      expiry: setTimeout(() => this.#expire(fingerprint), waitingMs).unref(),
      waiting: before?.waiting ?? new Set(),
    });
    if (before === undefined) this.#options.logger.warn({ client }, askingText(client));
    this.#changed();
  }

  /**
   * Tells `ended` once how it ended for a client that has asked, until what is returned is called.
   *
   * @throws SercliError `not-authorized` when it waits on too many connections
   */
  wait(fingerprint: string, ended: (outcome: Outcome) => void): () => void {
    const waiting = this.#entries.get(fingerprint)?.waiting;
    const { waitingConnectionsPerClient: most } = this.#options.limits;
    if (waiting === undefined || waiting.size >= most) {
      throw this.#refused(fingerprint, `it waits on ${most} connections already`);
    }
    waiting.add(ended);
    this.#changed();
    return () => {
      if (waiting.delete(ended)) this.#changed();
    };
  }

  /** Those of whom this is true are let in. */
  admit(isAuthorized: (fingerprint: string) => boolean): void {
    for (const fingerprint of [...this.#entries.keys(), ...this.#turnedAway.keys()]) {
      if (!isAuthorized(fingerprint)) continue;
      this.#turnedAway.delete(fingerprint);
      this.#settle(fingerprint, { isAdmitted: true });
    }
  }

  /** Says whether the client waited; it is not asked about again for a while. */
  turnAway(fingerprint: string): boolean {
    if (!this.#entries.has(fingerprint)) return false;
    const { waitingMs, waitingClients } = this.#options.limits;
    this.#turnedAway.set(fingerprint, performance.now() + waitingMs);
    const [first = ''] = this.#turnedAway.keys();
    if (this.#turnedAway.size > waitingClients) this.#turnedAway.delete(first);
    this.#settle(fingerprint, { isAdmitted: false, error: this.#refused(fingerprint, 'it was turned away') });
    return true;
  }

  close(): void {
    for (const { expiry } of this.#entries.values()) clearTimeout(expiry);
    this.#entries.clear();
  }

  #changed(): void {
    for (const tell of [...this.#watchers]) tell();
  }

  #expire(fingerprint: string): void {
    const minutes = this.#options.limits.waitingMs / 60_000;
    const error = this.#refused(fingerprint, `nobody let it in within ${minutes} minutes`);
    this.#settle(fingerprint, { isAdmitted: false, error });
  }

  #settle(fingerprint: string, outcome: Outcome): void {
    const entry = this.#entries.get(fingerprint);
    if (entry === undefined) return;
    clearTimeout(entry.expiry);
    this.#entries.delete(fingerprint);
    for (const ended of entry.waiting) ended(outcome);
    this.#changed();
  }

  #refuseTooMany(fingerprint: string, source: string): void {
    const { waitingClients, waitingClientsPerAddress } = this.#options.limits;
    if ((this.#turnedAway.get(fingerprint) ?? 0) > performance.now()) {
      throw this.#refused(fingerprint, 'it was turned away');
    }
    const neighbours = [...this.#entries.values()].filter((entry) => entry.source === source).length;
    if (neighbours >= waitingClientsPerAddress) {
      throw this.#refused(fingerprint, `${neighbours} clients wait at its address already`);
    }
    if (this.#entries.size >= waitingClients)
      throw this.#refused(fingerprint, `${waitingClients} clients wait already`);
  }

  #refused(fingerprint: string, reason: string): SercliError {
    return new SercliError('not-authorized', { host: this.#options.host(), reason, fingerprint });
  }
}

function askingText({ name, address, fingerprint, role, port }: Entry['client']): string {
  const what = port === undefined ? '' : `, to ${role} ${port}`;
  const command = `sercli authorize ${shownFingerprint(fingerprint)}`;
  return `${name} (${address}) asks to be let in${what}; let it in with: ${command}`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
