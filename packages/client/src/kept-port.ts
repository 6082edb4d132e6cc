import type { RemoteLink } from '@sercli/link';
import { formatPortAddress, type PortAddress, SercliError, type SessionRequest, toSercliError } from '@sercli/protocol';
import type { AgentConnections } from './agent-connections.ts';
import { Backoff } from './backoff.ts';
import { closeInTime } from './close-in-time.ts';
import type { OpenOptions } from './open-options.ts';
import { waitToRetry } from './retry-wait.ts';

/** A port that was open for so long is tried again at once when it is lost; one that ends at once is not. */
const steadyMs = 10_000;

/** What a port is asked for with. */
export type PortWish = Omit<SessionRequest, 'port'>;

/** The port is gone and is tried again after `retryMs`. */
export interface PortLoss {
  readonly error: SercliError;
  /** So many of the bytes sent last may or may not have reached the device; they are not sent again. */
  readonly inDoubtBytes: number;
  readonly retryMs: number;
}

export interface KeptPortOptions {
  readonly address: PortAddress;
  readonly connections: AgentConnections;
  readonly opening: OpenOptions;
  /** What to ask for; after `last` was lost, or at first. */
  wish(last: RemoteLink | undefined): PortWish;
  /** The port is open, as it was wished. */
  up(link: RemoteLink, last: RemoteLink | undefined, wish: PortWish): void;
  /** Whether to try again after it was lost, or could not be opened again. */
  mayRetry(error: SercliError, wasOpening: boolean): boolean;
  lost(loss: PortLoss): void;
  /** It is over, since trying again is no use. */
  failed(error: SercliError, inDoubtBytes: number): void;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly giveUp: AbortController; readonly last: RemoteLink | undefined }
  | { readonly kind: 'up'; readonly link: RemoteLink }
  | { readonly kind: 'waiting'; readonly giveUp: AbortController }
  | { readonly kind: 'ended' };

/** A port of an agent that is opened again whenever it is lost for good: from `open` or `begin` until `close`. */
export class KeptPort {
  readonly #options: KeptPortOptions;
  readonly #backoff = new Backoff();
  #state: State = { kind: 'idle' };
  /** When it was opened last. */
  #upAt = 0;

  constructor(options: KeptPortOptions) {
    this.#options = options;
  }

  get kind(): State['kind'] {
    return this.#state.kind;
  }

  /** While it is open. */
  get link(): RemoteLink | undefined {
    return this.#state.kind === 'up' ? this.#state.link : undefined;
  }

  /** Begins with a link that is open. */
  begin(link: RemoteLink, wish: PortWish): void {
    this.#up(link, undefined, wish);
  }

  /** Opens it, or opens it again where `last` ended. */
  async open(last?: RemoteLink): Promise<void> {
    const { address, connections, opening } = this.#options;
    const giveUp = new AbortController();
    const { signal } = giveUp;
    this.#state = { kind: 'opening', giveUp, last };
    const wish = this.#options.wish(last);
    try {
      const link = await connections.open(address, wish, { ...opening, signal });
      if (signal.aborted) return link.abort(new SercliError('aborted', { what: formatPortAddress(address) }));
      this.#up(link, last, wish);
    } catch (error) {
      if (!signal.aborted) this.#lost(toSercliError(error), last, 0);
    }
  }

  /**
   * Closes it, once what was written has been handed to the device; an `idle` one can be opened again.
   *
   * @returns how many of the bytes sent last may or may not have reached the device
   */
  async close(next: 'idle' | 'ended'): Promise<number> {
    const state = this.#leave(next);
    if (state.kind !== 'up') return 0;
    const { link } = state;
    await closeInTime(link);
    const error = await link.closed;
    return error === undefined ? 0 : link.writeOffset - link.drainedOffset;
  }

  /** Closes it now. */
  abort(error: SercliError): void {
    const state = this.#leave('ended');
    if (state.kind === 'up') state.link.abort(error);
  }

  #leave(next: 'idle' | 'ended'): State {
    const state = this.#state;
    if (state.kind === 'ended') return state;
    this.#state = { kind: next };
    if (state.kind === 'waiting' || state.kind === 'opening') state.giveUp.abort();
    return state;
  }

  #up(link: RemoteLink, last: RemoteLink | undefined, wish: PortWish): void {
    this.#state = { kind: 'up', link };
    this.#upAt = performance.now();
    this.#options.up(link, last, wish);
    void link.closed.then((error) => {
      if (this.link !== link) return;
      const why = error ?? new SercliError('session-ended', { port: link.info.name, reason: 'it was closed' });
      if (performance.now() - this.#upAt > steadyMs) this.#backoff.reset();
      this.#lost(why, link, link.writeOffset - link.drainedOffset);
    });
  }

  #lost(error: SercliError, last: RemoteLink | undefined, inDoubtBytes: number): void {
    if (this.#state.kind === 'ended') return;
    if (!this.#options.mayRetry(error, this.#state.kind === 'opening')) {
      this.#state = { kind: 'ended' };
      return this.#options.failed(error, inDoubtBytes);
    }
    // An agent that was restarted is there: nothing is to be waited for.
    const retryMs = error.code === 'session-unknown' ? 0 : this.#backoff.next();
    const giveUp = new AbortController();
    this.#state = { kind: 'waiting', giveUp };
    this.#options.lost({ error, inDoubtBytes, retryMs });
    void this.#retry(error, retryMs, giveUp.signal, last);
  }

  async #retry(error: SercliError, ms: number, signal: AbortSignal, last: RemoteLink | undefined): Promise<void> {
    const { address, connections } = this.#options;
    await waitToRetry(address, error, { ms, locator: connections.locator, signal });
    if (!signal.aborted) await this.open(last);
  }
}

/** Where reading goes on after a link was lost: behind the last byte that it received, if the agent still counts so. */
export function wishAfter(last: RemoteLink, wish: PortWish): PortWish {
  // Control that was taken away is not taken back.
  const role = last.hasControl ? wish.role : 'monitor';
  const settings = wish.settings ?? {};
  // Agents that do not tell where reading began cannot be told where to begin.
  if (!last.isResumable) return { settings, role };
  return { settings, role, start: { kind: 'offset', offset: last.receivedOffset, epoch: last.start.epoch } };
}
