import { reasonOf, SercliError } from '@sercli/protocol';
import { chosenAddresses, mayCome, unusableParts, } from './local-addresses.js';
/** How often the addresses of this machine are looked at; there is no event to wait for in Node. A look takes 50 us. */
const lookMs = 1_000;
/** What is remembered as told; it only has to outlast what fails again each second. */
const maxTold = 256;
/** A station on every chosen address of this machine, as they come and go. */
export class StationSet {
    #surroundings;
    #choice;
    #listener;
    #stations = new Map();
    #told = new Set();
    #timer;
    #addresses = [];
    /** The addresses for which there are stations, as text; undefined when a station is missing. */
    #seen;
    constructor(surroundings, choice, listener) {
        this.#surroundings = surroundings;
        this.#choice = choice;
        this.#listener = listener;
        this.#timer = setInterval(()=>{}, 1e6);
        this.#look();
    }
    [Symbol.iterator]() {
        return this.#stations.values();
    }
    async close() {
        clearInterval(this.#timer);
        const stations = [...this.#stations.values()];
        this.#stations.clear();
        await Promise.all(stations.map((station) => station.close()));
    }
    #look() {
        this.#addresses = this.#readAddresses();
        const seen = JSON.stringify(this.#addresses);
        if (seen === this.#seen)
            return;
        this.#seen = seen;
        const wanted = new Map(chosenAddresses(this.#choice, this.#addresses).map((local) => [JSON.stringify(local), local]));
        for (const key of this.#stations.keys())
            if (!wanted.has(key))
                this.#close(key);
        for (const [key, local] of wanted)
            if (!this.#stations.has(key))
                this.#open(key, local);
        for (const part of unusableParts(this.#choice, this.#addresses))
            this.#tell(part);
    }
    #readAddresses() {
        try {
            return this.#surroundings.addresses();
        }
        catch (cause) {
            const remedy = 'interfaces are not followed until they can';
            this.#tell({ place: 'this machine', reason: `its addresses cannot be read: ${reasonOf(cause)}`, remedy }, cause);
            return this.#addresses;
        }
    }
    #open(key, local) {
        const station = this.#surroundings.open(local, {
            heard: (agent, source) => this.#listener.heard(agent, station, source),
            left: (departure) => this.#listener.left(departure),
            accepts: (source) => mayCome(source, local, this.#addresses),
            failed: (error) => this.#tellOf(local, error, 'it is tried again'),
            broke: (error) => {
                this.#tellOf(local, error, 'it is tried again; see with "ss -ulpn" what else uses UDP port 5353');
                if (this.#stations.get(key) !== station)
                    return;
                this.#close(key);
                this.#seen = undefined;
            },
        });
        this.#stations.set(key, station);
        this.#listener.opened(station);
    }
    #close(key) {
        const station = this.#stations.get(key);
        if (station === undefined)
            return;
        this.#stations.delete(key);
        this.#listener.closed(station);
        void station.close();
    }
    #tellOf({ interfaceName, address }, error, remedy) {
        this.#tell({ place: `${interfaceName} (${address})`, reason: error.message, remedy }, error);
    }
    #tell(part, cause) {
        const key = `${part.place}: ${part.reason}`;
        if (this.#told.has(key))
            return;
        if (this.#told.size >= maxTold)
            this.#told.clear();
        this.#told.add(key);
        this.#listener.failed(new SercliError('discovery-failed', { ...part }, { cause }));
    }
}
//# sourceMappingURL=station-set.js.map