import { type Carrier, dial, NativeEndpoint, RemoteLink } from '@sercli/link';
import {
  type AgentAddress,
  defaultLimits,
  formatAgentAddress,
  type LineSettingsChange,
  type PortAddress,
  SercliError,
} from '@sercli/protocol';
import { AgentLocator, tryEach } from './agent-locator.ts';

export interface ClientIdentity {
  /** What this client is called where its session is shown. */
  readonly name: string;
  /** Program and version. */
  readonly software: string;
}

export interface ConnectionOptions {
  readonly identity: ClientIdentity;
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
}

interface SharedConnection {
  readonly endpoint: Promise<NativeEndpoint>;
  /** Sessions that use it or are about to. */
  users: number;
}

/** Connections to agents, one for each, shared by all sessions there and closed with the last of them. */
export class AgentConnections {
  readonly locator: AgentLocator;
  readonly #identity: ClientIdentity;
  readonly #connections = new Map<string, SharedConnection>();

  constructor({ identity, locator = new AgentLocator() }: ConnectionOptions) {
    this.#identity = identity;
    this.locator = locator;
  }

  /**
   * Opens a port of an agent.
   *
   * @throws SercliError what `dial` throws, and what the agent refuses the port with
   */
  async open(
    address: PortAddress,
    settings: LineSettingsChange = {},
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<RemoteLink> {
    const key = formatAgentAddress(address);
    const shared = this.#connections.get(key) ?? this.#connect(key, address, options.signal);
    shared.users += 1;
    try {
      const endpoint = await shared.endpoint;
      const link = new RemoteLink(endpoint, key, address.port, settings);
      const giveUp = (): void => link.abort(new SercliError('aborted', { what: `opening ${key}/${address.port}` }));
      options.signal?.addEventListener('abort', giveUp, { once: true });
      await link.opened.finally(() => options.signal?.removeEventListener('abort', giveUp));
      void link.closed.then(() => this.#release(key, shared));
      return link;
    } catch (error) {
      await this.#release(key, shared);
      throw error;
    }
  }

  #connect(key: string, address: AgentAddress, signal: AbortSignal | undefined): SharedConnection {
    const forget = (): void => {
      if (this.#connections.get(key) === shared) this.#connections.delete(key);
    };
    const endpoint = this.#dial(address, signal).then((carrier) => {
      const options = { role: 'connector', ...this.#identity, limits: defaultLimits } as const;
      return new NativeEndpoint(carrier, options, {
        greeted: () => undefined,
        // Only accepters are asked for ports.
        open: () => undefined,
        ended: forget,
      });
    });
    endpoint.catch(forget);
    const shared: SharedConnection = { endpoint, users: 0 };
    this.#connections.set(key, shared);
    return shared;
  }

  async #dial(address: AgentAddress, signal: AbortSignal | undefined): Promise<Carrier> {
    return tryEach(await this.locator.locate(address, signal), (place) => dial(place, { signal }));
  }

  async #release(key: string, shared: SharedConnection): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (this.#connections.get(key) === shared) this.#connections.delete(key);
    const endpoint = await shared.endpoint.catch(() => undefined);
    endpoint?.close();
  }
}
