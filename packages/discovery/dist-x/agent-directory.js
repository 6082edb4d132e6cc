import { isIP } from 'node:net';
import { nameKey } from './agent-name.js';
import { isInNetwork } from './local-addresses.js';
import { NameDisputes } from './name-disputes.js';
/** Agents that are kept; who makes up more than these is ignored. */
const maxAgents = 4096;
/** How long an agent counts as known and need not answer again, in milliseconds; then what it tells is heard anew. */
const knownMs = 60_000;
/**
 * How long after its goodbye an agent is not heard, in milliseconds: what it said before on another interface may be
 * read after it. An agent that starts again is silent for longer, since it looks for a name first.
 */
const goodbyeMs = 250;
/** The agents that were heard, each name with each id once. Times are milliseconds of one clock, given by the caller. */
export class AgentDirectory {
    #listener;
    #entries = new Map();
    #disputes = new NameDisputes();
    /** When agents said goodbye. */
    #goodbyes = new Map();
    constructor(listener) {
        this.#listener = listener;
    }
    agents() {
        return [...this.#entries.values()].map(({ agent }) => agent);
    }
    /** The names of the agents heard lately. */
    known(now) {
        return [...this.#entries.values()].flatMap(({ heard, heardAt }) => (now - heardAt < knownMs ? heard.name : []));
    }
    hear(heard, station, source, now) {
        const told = toldBy(heard);
        const entry = this.#entries.get(keyOf(told));
        if (entry === undefined && (this.#entries.size >= maxAgents || this.#hasJustLeft(told, now)))
            return;
        const hearings = withHearing(entry?.hearings ?? [], hearingOf(heard, station, source));
        this.#put(entry, heard, hearings, now);
        if (entry !== undefined)
            return;
        this.#disputes.add(told);
        this.#forgetGivenUp(told);
    }
    leave({ name, agentId }, now) {
        for (const [key, at] of this.#goodbyes)
            if (now - at >= goodbyeMs)
                this.#goodbyes.delete(key);
        const leaving = agentId === undefined ? this.#disputes.agentsOf(nameKey(name)) : [agentId];
        for (const id of leaving) {
            const told = { nameKey: nameKey(name), agentId: id };
            if (this.#entries.has(keyOf(told)))
                this.#goodbyes.set(keyOf(told), now);
            this.#remove(told);
        }
    }
    /** What was heard on this station is kept, behind what was heard elsewhere. */
    closed(station) {
        for (const entry of this.#entries.values()) {
            if (!entry.hearings.some((hearing) => hearing.station === station))
                continue;
            const others = entry.hearings.filter((hearing) => hearing.station !== station);
            const gone = entry.hearings.filter((hearing) => hearing.station === station);
            const hearings = [...others, ...gone.map((hearing) => ({ ...hearing, station: undefined }))];
            this.#put(entry, entry.heard, hearings, entry.heardAt);
        }
    }
    #put(entry, heard, hearings, heardAt) {
        const agent = agentOf(heard, hearings);
        this.#entries.set(keyOf(toldBy(heard)), { heard, hearings, heardAt, agent });
        if (entry === undefined)
            this.#listener.found(agent);
        else if (JSON.stringify(agent) !== JSON.stringify(entry.agent))
            this.#listener.changed(agent);
    }
    #hasJustLeft(told, now) {
        const at = this.#goodbyes.get(keyOf(told));
        return at !== undefined && now - at < goodbyeMs;
    }
    #forgetGivenUp(told) {
        for (const givenUp of this.#disputes.givenUp(told))
            this.#remove(givenUp);
    }
    #remove(told) {
        const entry = this.#entries.get(keyOf(told));
        if (entry === undefined)
            return;
        this.#entries.delete(keyOf(told));
        this.#disputes.delete(told);
        this.#listener.lost(entry.agent);
        for (const agentId of this.#disputes.agentsOf(told.nameKey))
            this.#forgetGivenUp({ ...told, agentId });
    }
}
function toldBy({ name, agentId }) {
    return { nameKey: nameKey(name), agentId };
}
function keyOf(told) {
    return `${told.agentId}/${told.nameKey}`;
}
function hearingOf(heard, station, source) {
    const { interfaceName } = station.local;
    return { station, interfaceName, source, advertised: heard.addresses.flatMap((it) => usableAddress(it, station)) };
}
/** One for each station, the first one first; those of closed stations go when there is another. */
function withHearing(hearings, hearing) {
    const open = hearings.filter(({ station }) => station !== undefined);
    const index = open.findIndex(({ station }) => station === hearing.station);
    const old = open[index];
    if (old === undefined)
        return [...open, hearing];
    // Who is asked for its name alone answers without its addresses.
    const advertised = hearing.advertised.length > 0 ? hearing.advertised : old.advertised;
    return open.with(index, { ...hearing, advertised, source: steadySource(old, { ...hearing, advertised }) });
}
/** An agent that answers from several addresses of one interface keeps the first, or the first of our own network. */
function steadySource(old, { station, source, advertised }) {
    const isNear = (address) => station !== undefined && isInNetwork(address, station.local);
    return advertised.includes(old.source) && (isNear(old.source) || !isNear(source)) ? old.source : source;
}
function agentOf(heard, hearings) {
    const addresses = [...hearings.map(({ source }) => source), ...hearings.flatMap(({ advertised }) => advertised)];
    return { ...heard, addresses: [...new Set(addresses)], interfaceName: hearings[0]?.interfaceName ?? '' };
}
/** An advertised address as this machine can use it; none when it can mean nothing here. */
function usableAddress(address, { local }) {
    const family = isIP(address);
    if (family === 0 || isNowhere(address))
        return [];
    if (isLoopback(address))
        return local.isLoopback ? [address] : [];
    if (!/^fe[89ab]/i.test(address))
        return [address];
    return local.isLoopback ? [] : [`${address}%${local.interfaceName}`];
}
/** Unspecified and multicast addresses. */
function isNowhere(address) {
    return /^(0\.|2[2-5]\d\.|::$|ff)/i.test(address);
}
function isLoopback(address) {
    return /^(127\.|::1$|::ffff:)/i.test(address);
}
//# sourceMappingURL=agent-directory.js.map