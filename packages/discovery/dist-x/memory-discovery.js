import { AgentAdvertiser } from './agent-advertiser.js';
import { AgentBrowser } from './agent-browser.js';
import { nameKey } from './agent-name.js';
/** Discovery without a network, for tests: who uses the same object finds each other, all on one loopback interface. */
export class MemoryDiscovery {
    #machine = new MemoryMachine();
    constructor() {
        this.#machine.plug(new MemoryCable(), { interfaceName: 'lo', address: '127.0.0.1', isLoopback: true });
    }
    advertise(advertisement, options) {
        return AgentAdvertiser.start(this.#machine, advertisement, options);
    }
    browse(options) {
        return new AgentBrowser(this.#machine, options);
    }
}
/** What joins stations: what one says, all hear, in the next turn of the event loop. */
export class MemoryCable {
    #stations = new Set();
    add(station) {
        this.#stations.add(station);
    }
    remove(station) {
        this.#stations.delete(station);
    }
    send(hear) {
        setImmediate(() => {
            for (const station of this.#stations)
                hear(station);
        });
    }
}
/** A machine that has interfaces on cables. */
export class MemoryMachine {
    #sockets = new Map();
    /** Gives the machine an IPv4 address with a prefix of 24 bits. */
    plug(cable, place) {
        this.#sockets.set(place.address, { cable, address: { ...place, family: 'IPv4', prefixLength: 24 } });
    }
    unplug(address) {
        this.#sockets.delete(address);
    }
    addresses() {
        return [...this.#sockets.values()].map(({ address }) => address);
    }
    open(local, listener) {
        const cable = this.#sockets.get(local.address)?.cable ?? new MemoryCable();
        return new MemoryStation(cable, local, listener);
    }
}
class MemoryStation {
    local;
    #cable;
    #listener;
    #published;
    constructor(cable, local, listener) {
        this.local = local;
        this.#cable = cable;
        this.#listener = listener;
        cable.add(this);
    }
    browse(known) {
        this.#cable.send((station) => station.#answer((name) => !known.includes(name)));
    }
    probe(names) {
        const keys = names.map(nameKey);
        this.#cable.send((station) => station.#answer((name) => keys.includes(nameKey(name))));
    }
    publish(advertisement) {
        this.#published = advertisement;
        this.#answer(() => true);
    }
    async withdraw(goodbye) {
        const departure = this.#published;
        this.#published = undefined;
        if (departure === undefined || goodbye === 'say nothing')
            return;
        await new Promise((resolve) => {
            this.#cable.send((station) => {
                station.#listener.left(departure);
                resolve();
            });
        });
    }
    async close() {
        this.#published = undefined;
        this.#cable.remove(this);
    }
    #answer(isAsked) {
        const advertisement = this.#published;
        if (advertisement === undefined || !isAsked(advertisement.name))
            return;
        const agent = {
            ...advertisement,
            isOpen: advertisement.isOpen === true,
            hostName: 'memory.local',
            addresses: this.local.advertised,
        };
        this.#cable.send((station) => station.#listener.heard(agent, this.local.address));
    }
}
//# sourceMappingURL=memory-discovery.js.map