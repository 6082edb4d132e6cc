import { type DialOptions, dial, NativeEndpoint, RemoteLink } from '@sercli/link';
import {
  type AgentAddress,
  defaultLimits,
  formatAgentAddress,
  SercliError,
  type SessionRequest,
  toSercliError,
} from '@sercli/protocol';
import { watchLocalAddress } from './address-watch.ts';
import { type AgentLocator, tryEach } from './agent-locator.ts';
import { Backoff } from './backoff.ts';
import { mayPass, waitToRetry } from './retry-wait.ts';

/** How long a session that was cut off waits for the agent unless said otherwise, in milliseconds; the agent holds it as long. */
export const defaultGraceMs = 600_000;

/** How long one try to reach the agent again may take, in milliseconds: a lost SYN is sent again after 1 and 3 s. */
const redialMs = 4_000;

export interface OpenOptions {
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the session waits for the agent when its connection is cut; 10 minutes unless said otherwise. */
  readonly graceMs?: number | undefined;
}

/** Who this client is to agents. */
export interface ClientIdentity {
  /** What this client is called where its session is shown. */
  readonly name: string;
  /** Program and version. */
  readonly software: string;
}

export interface AgentConnectionOptions {
  readonly address: AgentAddress;
  readonly identity: ClientIdentity;
  readonly locator: AgentLocator;
  /** No session uses the connection any more; it has been closed. */
  unused(): void;
}

/**
 * The connection to one agent, shared by all sessions there. When it is cut it is made anew, and the sessions go on with
 * the next one.
 */
export class AgentConnection {
  readonly #options: AgentConnectionOptions;
  /** What the agent is called where people read it. */
  readonly #host: string;
  readonly #backoff = new Backoff();
  /** The connection, or the one that is being made. */
  #endpoint: Promise<NativeEndpoint> | undefined;
  /** Sessions that are open or about to be. */
  #users = 0;
  /** Sessions that wait for the next connection, each until its time is over. */
  readonly #cut = new Map<RemoteLink, NodeJS.Timeout>();
  /** Aborted when nothing waits for the next connection any more. */
  #reconnecting: AbortController | undefined;

  constructor(options: AgentConnectionOptions) {
    this.#options = options;
    this.#host = formatAgentAddress(options.address);
  }

  /** @throws SercliError what `dial` throws, and what the agent refuses the port with */
  async open(request: SessionRequest, { signal, graceMs = defaultGraceMs }: OpenOptions): Promise<RemoteLink> {
    this.#users += 1;
    try {
      const endpoint = await this.#connected({ signal });
      const link: RemoteLink = new RemoteLink(endpoint, {
        host: this.#host,
        request,
        cut: (error) => this.#wasCut(link, error, graceMs),
      });
      const what = `opening ${this.#host}/${request.port}`;
      const giveUp = (): void => link.abort(new SercliError('aborted', { what }));
      signal?.addEventListener('abort', giveUp, { once: true });
      await link.opened.finally(() => signal?.removeEventListener('abort', giveUp));
      void link.closed.then(() => this.#release(link));
      return link;
    } catch (error) {
      this.#release(undefined);
      throw error;
    }
  }

  #connected(options: DialOptions): Promise<NativeEndpoint> {
    if (this.#endpoint !== undefined) return this.#endpoint;
    const forget = (): void => {
      if (this.#endpoint === endpoint) this.#endpoint = undefined;
    };
    const endpoint = this.#connect(options, forget);
    endpoint.catch(forget);
    this.#endpoint = endpoint;
    return endpoint;
  }

  async #connect(options: DialOptions, ended: () => void): Promise<NativeEndpoint> {
    const { address, identity, locator } = this.#options;
    const places = await locator.locate(address, options.signal);
    const carrier = await tryEach(places, (place) => dial(place, options));
    const endpoint = new NativeEndpoint(
      carrier,
      { role: 'connector', ...identity, limits: defaultLimits },
      {
        greeted: () => this.#backoff.reset(),
        // Only accepters are asked for ports and for sessions.
        open: () => undefined,
        resume: () => undefined,
        ended: () => {
          stopWatching();
          ended();
        },
      },
    );
    const reason = `no interface of this machine has the address ${carrier.localAddress} any more`;
    const gone = (): void => endpoint.close(new SercliError('connection-lost', { host: this.#host, reason }));
    const stopWatching = watchLocalAddress(carrier.localAddress ?? '', gone);
    return endpoint;
  }

  #wasCut(link: RemoteLink, error: SercliError, graceMs: number): void {
    this.#cut.set(
      link,
      setTimeout(() => link.abort(error), graceMs),
    );
    this.#reconnecting ??= this.#reconnect(error);
  }

  /** Makes the next connection for those that were cut off, until one can be made or nobody waits for it any more. */
  #reconnect(cause: SercliError): AbortController {
    const over = new AbortController();
    void this.#tryUntil(over.signal, cause).finally(() => {
      this.#reconnecting = undefined;
    });
    return over;
  }

  async #tryUntil(signal: AbortSignal, cause: SercliError): Promise<void> {
    const { address, locator } = this.#options;
    let error = cause;
    let begunAt = performance.now();
    for (;;) {
      const ms = this.#backoff.next() - (performance.now() - begunAt);
      await waitToRetry(address, error, { ms, locator, signal });
      if (signal.aborted) return;
      begunAt = performance.now();
      try {
        return this.#carryOn(await this.#connected({ signal, timeoutMs: redialMs }));
      } catch (failure) {
        error = toSercliError(failure);
        if (!mayPass(error)) return this.#giveUp(error);
      }
    }
  }

  #carryOn(endpoint: NativeEndpoint): void {
    for (const link of [...this.#cut.keys()]) {
      link.carryOn(endpoint);
      this.#stopWaiting(link);
    }
  }

  #giveUp(error: SercliError): void {
    for (const link of [...this.#cut.keys()]) link.abort(error);
  }

  #stopWaiting(link: RemoteLink): void {
    clearTimeout(this.#cut.get(link));
    this.#cut.delete(link);
  }

  #release(link: RemoteLink | undefined): void {
    if (link !== undefined) this.#stopWaiting(link);
    if (this.#cut.size === 0) this.#reconnecting?.abort();
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#options.unused();
    this.#endpoint?.then(
      (endpoint) => endpoint.close(),
      () => undefined,
    );
  }
}
