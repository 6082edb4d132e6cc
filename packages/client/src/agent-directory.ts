import type { Browser, Discovery, FoundAgent, InterfaceChoice } from '@sercli/discovery';
import type { AgentAddress, PortList } from '@sercli/protocol';
import { addressesOf, tryEach } from './agent-locator.ts';
import { pause } from './pause.ts';
import { watchPorts } from './port-directory.ts';

/** How long after an agent was lost it is asked again, while it is still advertised. */
const retryMs = 2_000;

/** An agent that is alive: it has told its ports. */
export interface DirectoryEntry {
  readonly agent: FoundAgent;
  /** Where it answered. */
  readonly address: AgentAddress;
  readonly list: PortList;
}

export interface AgentDirectoryOptions {
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
    while (!controller.signal.aborted) {
      await tryEach(addressesOf(agent, { carrier: 'stream' }), (address) =>
        this.#listen(agent, address, controller.signal),
      ).catch(() => undefined);
      if (controller.signal.aborted) return;
      this.#remove(key);
      await pause(retryMs, controller.signal);
    }
  }

  async #listen(agent: FoundAgent, address: AgentAddress, signal: AbortSignal): Promise<void> {
    for await (const list of watchPorts(address, { signal })) {
      const entry = { agent, address, list };
      this.#entries.set(keyOf(agent), entry);
      this.#options.listed(entry);
      this.#answered();
    }
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

function keyOf({ name, agentId }: FoundAgent): string {
  return `${name} ${agentId}`;
}
