/**
 * Which agents told which names. A name that several told is disputed. One of them then takes another name and says no
 * goodbye to the old one, since that would be taken for the other's: the old one is given up when the new one is heard.
 */
export class NameDisputes {
    #agents = new Map();
    #names = new Map();
    add({ nameKey, agentId }) {
        addTo(this.#agents, nameKey, agentId);
        addTo(this.#names, agentId, nameKey);
    }
    delete({ nameKey, agentId }) {
        deleteFrom(this.#agents, nameKey, agentId);
        deleteFrom(this.#names, agentId, nameKey);
    }
    /** The names given up, of those that this agent told and of all agents that told this name. */
    givenUp({ nameKey, agentId }) {
        const ofAgent = [...(this.#names.get(agentId) ?? [])].map((name) => ({ nameKey: name, agentId }));
        const ofName = this.agentsOf(nameKey).map((id) => ({ nameKey, agentId: id }));
        return [...ofAgent, ...ofName].filter((told) => this.#isGivenUp(told));
    }
    agentsOf(nameKey) {
        return [...(this.#agents.get(nameKey) ?? [])];
    }
    #isGivenUp({ nameKey, agentId }) {
        if (!this.#isDisputed(nameKey))
            return false;
        for (const other of this.#names.get(agentId) ?? []) {
            if (other !== nameKey && !this.#isDisputed(other))
                return true;
        }
        return false;
    }
    #isDisputed(nameKey) {
        return (this.#agents.get(nameKey)?.size ?? 0) > 1;
    }
}
function addTo(index, key, value) {
    const values = index.get(key);
    if (values === undefined)
        index.set(key, new Set([value]));
    else
        values.add(value);
}
function deleteFrom(index, key, value) {
    const values = index.get(key);
    values?.delete(value);
    if (values?.size === 0)
        index.delete(key);
}
//# sourceMappingURL=name-disputes.js.map