/** A name as an agent has told it, by its key. */
export interface ToldName {
  readonly nameKey: string;
  readonly agentId: string;
}

/**
 * Which agents told which names. A name that several told is disputed. One of them then takes another name and says no
 * goodbye to the old one, since that would be taken for the other's: the old one is given up when the new one is heard.
 */
export class NameDisputes {
  readonly #agents = new Map<string, Set<string>>();
  readonly #names = new Map<string, Set<string>>();

  add({ nameKey, agentId }: ToldName): void {
    addTo(this.#agents, nameKey, agentId);
    addTo(this.#names, agentId, nameKey);
  }

  delete({ nameKey, agentId }: ToldName): void {
    deleteFrom(this.#agents, nameKey, agentId);
    deleteFrom(this.#names, agentId, nameKey);
  }

  /** The names given up, of those that this agent told and of all agents that told this name. */
  givenUp({ nameKey, agentId }: ToldName): ToldName[] {
    const ofAgent = [...(this.#names.get(agentId) ?? [])].map((name) => ({ nameKey: name, agentId }));
    const ofName = this.agentsOf(nameKey).map((id) => ({ nameKey, agentId: id }));
    return [...ofAgent, ...ofName].filter((told) => this.#isGivenUp(told));
  }

  agentsOf(nameKey: string): string[] {
    return [...(this.#agents.get(nameKey) ?? [])];
  }

  #isGivenUp({ nameKey, agentId }: ToldName): boolean {
    if (!this.#isDisputed(nameKey)) return false;
    for (const other of this.#names.get(agentId) ?? []) {
      if (other !== nameKey && !this.#isDisputed(other)) return true;
    }
    return false;
  }

  #isDisputed(nameKey: string): boolean {
    return (this.#agents.get(nameKey)?.size ?? 0) > 1;
  }
}

function addTo(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}

function deleteFrom(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
