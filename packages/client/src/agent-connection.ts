import { type DialOptions, dial, NativeEndpoint, RemoteLink } from '@sercli/link';
import {
  type AgentAddress,
  defaultLimits,
  formatAgentAddress,
  SercliError,
  type SessionRequest,
  toSercliError,
} from '@sercli/protocol';
import type { ClientAccess } from './access/client-access.ts';
import { watchLocalAddress } from './address-watch.ts';
import { locateAgent } from './agent-answer.ts';
import { type AgentLocator, tryEach } from './agent-locator.ts';
import { Backoff } from './backoff.ts';
import { hasForeignKey } from './foreign-key.ts';
import type { OpenOptions } from './open-options.ts';
import { mayPass, waitToRetry } from './retry-wait.ts';
import { untilAborted } from './until-aborted.ts';

/** How long a session that was cut off waits for the agent unless said otherwise, in milliseconds; the agent holds it as long. */
export const defaultGraceMs = 600_000;

/** How long one try to reach the agent again may take, in milliseconds: a lost SYN is sent again after 1 and 3 s. */
const redialMs = 4_000;

/** What this client says of itself. */
export interface ClientDescription {
  /** What this client is called where its session is shown. */
  readonly name: string;
  /** Program and version. */
  readonly software: string;
}

export interface AgentConnectionOptions {
  readonly address: AgentAddress;
  readonly client: ClientDescription;
  readonly access: ClientAccess;
  readonly locator: AgentLocator;
  /** No session uses the connection any more; it has been closed. */
  unused(): void;
}

/** The connection, or the one that is being made, for all who need it. */
interface Connecting {
  readonly endpoint: Promise<NativeEndpoint>;
  readonly giveUp: AbortController;
  /** So many wait for it. */
  waiting: number;
  isMade: boolean;
}

/** A session that waits for the next connection. */
interface CutSession {
  /** Its time is over. */
  readonly late: NodeJS.Timeout;
  readonly told: OpenOptions['told'];
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
  #connecting: Connecting | undefined;
  /** Sessions that are open or about to be. */
  #users = 0;
  /** Sessions that wait for the next connection. */
  readonly #cut = new Map<RemoteLink, CutSession>();
  /** Aborted when nothing waits for the next connection any more. */
  #reconnecting: AbortController | undefined;

  constructor(options: AgentConnectionOptions) {
    this.#options = options;
    this.#host = formatAgentAddress(options.address);
  }

  /** @throws SercliError what `dial` throws, and what the agent refuses the port with */
  async open(request: SessionRequest, { signal, graceMs = defaultGraceMs, told }: OpenOptions): Promise<RemoteLink> {
    this.#users += 1;
    try {
      const endpoint = await this.#connected({ signal });
      const link: RemoteLink = new RemoteLink(endpoint, {
        host: this.#host,
        request,
        cut: (error) => this.#wasCut(link, error, { graceMs, told }),
      });
      const what = `opening ${this.#host}/${request.port}`;
      const giveUp = (): void => link.abort(new SercliError('aborted', { what }));
      signal?.addEventListener('abort', giveUp, { once: true });
      if (signal?.aborted === true) giveUp();
      await link.opened.finally(() => signal?.removeEventListener('abort', giveUp));
      void link.closed.then(() => this.#release(link));
      return link;
    } catch (error) {
      this.#release(undefined);
      throw error;
    }
  }

  /** The connection for one who waits for it with others: it is given up when nobody does any more. */
  async #connected({ signal, timeoutMs }: DialOptions): Promise<NativeEndpoint> {
    const connecting = this.#connecting ?? this.#begin(timeoutMs);
    const over = new AbortController();
    connecting.waiting += 1;
    try {
      return await Promise.race([
        connecting.endpoint,
        untilAborted(signal, `connecting to ${this.#host}`, over.signal),
      ]);
    } finally {
      over.abort();
      connecting.waiting -= 1;
      if (connecting.waiting === 0 && !connecting.isMade) this.#abandon(connecting);
    }
  }

  #begin(timeoutMs: number | undefined): Connecting {
    const giveUp = new AbortController();
    const endpoint = this.#connect({ signal: giveUp.signal, timeoutMs }, () => this.#forget(connecting));
    const connecting: Connecting = { endpoint, giveUp, waiting: 0, isMade: false };
    this.#connecting = connecting;
    endpoint.then(
      () => {
        connecting.isMade = true;
      },
      () => this.#forget(connecting),
    );
    return connecting;
  }

  /** Who comes now begins anew. */
  #abandon(connecting: Connecting): void {
    this.#forget(connecting);
    connecting.giveUp.abort();
    connecting.endpoint.then(
      (endpoint) => endpoint.close(),
      () => undefined,
    );
  }

  #forget(connecting: Connecting): void {
    if (this.#connecting === connecting) this.#connecting = undefined;
  }

  async #connect(options: DialOptions, ended: () => void): Promise<NativeEndpoint> {
    const { address, client, access, locator } = this.#options;
    const places = await locateAgent(address, { access, locator, signal: options.signal });
    const keys = access.keysFor(address, 'record');
    const carrier = await tryEach(places, (place) => dial(place, keys, options));
    const endpoint = new NativeEndpoint(
      carrier,
      { role: 'connector', ...client, limits: defaultLimits },
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

  #wasCut(
    link: RemoteLink,
    error: SercliError,
    { graceMs, told }: Pick<OpenOptions, 'told'> & { readonly graceMs: number },
  ): void {
    this.#cut.set(link, { late: setTimeout(() => link.abort(error), graceMs), told });
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
        if (hasForeignKey(error)) this.#tellKeyChanged(error);
        else if (!mayPass(error)) return this.#giveUp(error);
      }
    }
  }

  #carryOn(endpoint: NativeEndpoint): void {
    for (const link of [...this.#cut.keys()]) {
      link.carryOn(endpoint);
      this.#stopWaiting(link);
    }
  }

  /** Somebody who answers in the agent's stead for a moment must not cost the sessions: the agent may be back in time. */
  #tellKeyChanged(error: SercliError): void {
    for (const { told } of this.#cut.values()) told?.({ kind: 'key-changed', error });
  }

  #giveUp(error: SercliError): void {
    for (const link of [...this.#cut.keys()]) link.abort(error);
  }

  #stopWaiting(link: RemoteLink): void {
    clearTimeout(this.#cut.get(link)?.late);
    this.#cut.delete(link);
  }

  #release(link: RemoteLink | undefined): void {
    if (link !== undefined) this.#stopWaiting(link);
    if (this.#cut.size === 0) this.#reconnecting?.abort();
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#options.unused();
    this.#connecting?.endpoint.then(
      (endpoint) => endpoint.close(),
      () => undefined,
    );
  }
}
