import type { Browser, Discovery, FoundAgent, InterfaceChoice } from '@sercli/discovery';
import type { DialKeys } from '@sercli/link';
import { type AgentAddress, defaultTcpPort, errorTable, type PortList, SercliError } from '@sercli/protocol';
import type { ClientAccess } from './access/client-access.ts';
import { addressesOf, tryEach } from './agent-locator.ts';
import { pause } from './pause.ts';
import { watchPlace } from './port-directory.ts';

/** How long after an agent was lost it is asked again, while it is still advertised. */
const retryMs = 2_000;

/** How long after an agent has refused to tell its ports it is asked again, in milliseconds. */
const refusedRetryMs = 10_000;

/** An agent that is alive: it has told its ports, or it refuses to. */
export type DirectoryEntry = {
  readonly agent: FoundAgent;
  /** Where it answered. */
  readonly address: AgentAddress;
} & DirectoryAnswer;

type DirectoryAnswer =
  | { readonly kind: 'listed'; readonly list: PortList }
  /** It does not know this client (`not-authorized`), has another key than before (`agent-key-changed`) or says something else. */
  | { readonly kind: 'refused'; readonly error: SercliError };

export interface AgentDirectoryOptions {
  /** Who this client is to agents, and which agents it knows; nothing is recorded. */
  readonly access: ClientAccess;
  readonly discovery: Discovery;
  readonly interfaces: InterfaceChoice;
  /** An agent answered for the first time, or something about it or its ports is new. */
  listed(entry: DirectoryEntry): void;
  /** An agent that was listed is gone: it said so, or it does not answer any more. */
  gone(entry: DirectoryEntry): void;
}

/**
 * The agents that are found and alive, with their ports. Advertisements outlive agents that were killed, so each is
 * asked over TCP, and stays connected to hear of changes.
 */
export class AgentDirectory {
  readonly #options: AgentDirectoryOptions;
  readonly #browser: Browser;
  readonly #entries = new Map<string, DirectoryEntry>();
  readonly #asked = new Map<string, AbortController>();
  #answered: () => void = () => undefined;

  constructor(options: AgentDirectoryOptions) {
    this.#options = options;
    this.#browser = options.discovery.browse({
      interfaces: options.interfaces,
      found: (agent) => void this.#follow(agent),
      changed: (agent) => {
        if (!this.#entries.has(keyOf(agent))) this.#ask(agent);
      },
      lost: (agent) => this.#lose(keyOf(agent)),
      // What cannot be searched has no agents to show.
      failed: () => undefined,
    });
  }

  /** Those alive now, by name. */
  entries(): readonly DirectoryEntry[] {
    return [...this.#entries.values()].sort((one, other) => one.agent.name.localeCompare(other.agent.name));
  }

  /** Resolves when every agent that was found has answered. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = () => this.#asked.size <= this.#entries.size && resolve();
      this.#answered();
    });
  }

  async close(): Promise<void> {
    for (const controller of this.#asked.values()) controller.abort();
    await this.#browser.close();
  }

  #ask(agent: FoundAgent): void {
    this.#asked.get(keyOf(agent))?.abort();
    void this.#follow(agent);
  }

  /** Keeps asking an agent as long as it is advertised. */
  async #follow(agent: FoundAgent): Promise<void> {
    const controller = new AbortController();
    const key = keyOf(agent);
    this.#asked.set(key, controller);
    const keys = this.#keysFor(agent);
    while (!controller.signal.aborted) {
      const isRefused = await tryEach(addressesOf(agent, { carrier: 'stream' }), (address) =>
        this.#listen(agent, { address, keys, signal: controller.signal }),
      ).catch(() => false);
      if (controller.signal.aborted) return;
      if (!isRefused) this.#remove(key);
      await pause(isRefused ? refusedRetryMs : retryMs, controller.signal);
    }
  }

  /** What is found is browsed, not chosen: nothing is recorded. */
  #keysFor(agent: FoundAgent): DialKeys {
    const { access } = this.#options;
    return {
      identity: () => access.identity(),
      verify: (fingerprint) => access.keysFor(this.#addressOf(agent), 'check').verify(fingerprint),
    };
  }

  /** As the user would write it: of several that have one name, each has its id behind it. */
  #addressOf({ name, agentId }: FoundAgent): AgentAddress {
    const isAlone = this.#browser.agents().every((other) => other.name !== name || other.agentId === agentId);
    return { host: isAlone ? name : `${name}-${agentId}`, tcpPort: defaultTcpPort, carrier: 'stream' };
  }

  /** @returns whether the agent refuses to tell its ports */
  async #listen(
    agent: FoundAgent,
    { address, keys, signal }: { address: AgentAddress; keys: DialKeys; signal: AbortSignal },
  ): Promise<boolean> {
    try {
      for await (const list of watchPlace(address, keys, signal)) this.#note({ agent, address, kind: 'listed', list });
      return false;
    } catch (error) {
      if (signal.aborted || !(error instanceof SercliError) || !isRefusal(error)) throw error;
      this.#note({ agent, address, kind: 'refused', error });
      return true;
    }
  }

  #note(entry: DirectoryEntry): void {
    this.#entries.set(keyOf(entry.agent), entry);
    this.#options.listed(entry);
    this.#answered();
  }

  #lose(key: string): void {
    this.#asked.get(key)?.abort();
    this.#asked.delete(key);
    this.#remove(key);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (entry !== undefined) this.#options.gone(entry);
  }
}

/** It is there, and it or this client does not want: no other address of it will do better. */
function isRefusal({ exit }: SercliError): boolean {
  return exit === errorTable['host-name-refused'].exit || exit === errorTable['not-authorized'].exit;
}

function keyOf({ name, agentId }: FoundAgent): string {
  return `${name} ${agentId}`;
}
