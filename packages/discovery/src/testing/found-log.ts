import type { BrowseOptions, FoundAgent } from '../discovery.ts';

export interface FoundEvent {
  readonly kind: 'found' | 'changed' | 'lost';
  readonly agent: FoundAgent;
}

/** What a browser told of some agents, and waiting for what it tells next. Other agents may be on the same network. */
export class FoundLog {
  readonly events: FoundEvent[] = [];
  readonly #agentIds: ReadonlySet<string>;
  #waiter: (() => void) | undefined;

  constructor(...agentIds: readonly string[]) {
    this.#agentIds = new Set(agentIds);
  }

  get callbacks(): Pick<BrowseOptions, 'found' | 'changed' | 'lost'> {
    return {
      found: (agent) => this.#add({ kind: 'found', agent }),
      changed: (agent) => this.#add({ kind: 'changed', agent }),
      lost: (agent) => this.#add({ kind: 'lost', agent }),
    };
  }

  /** Every event as `found name`. */
  get texts(): string[] {
    return this.events.map(({ kind, agent }) => `${kind} ${agent.name}`);
  }

  /** The names of the agents that were found and not lost, sorted. */
  get names(): string[] {
    const agents = new Map<string, string>();
    for (const { kind, agent } of this.events) {
      const key = `${agent.agentId}/${agent.name}`;
      if (kind === 'lost') agents.delete(key);
      else agents.set(key, agent.name);
    }
    return [...agents.values()].sort();
  }

  /** Resolves as soon as `holds`; the test's own timeout ends the wait for what never comes. */
  async until(holds: (log: FoundLog) => boolean): Promise<void> {
    while (!holds(this)) {
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
      });
    }
  }

  #add(event: FoundEvent): void {
    if (!this.#agentIds.has(event.agent.agentId)) return;
    this.events.push(event);
    this.#waiter?.();
  }
}
