import { AgentDirectory } from './agent-directory.js';
import { StationSet } from './station-set.js';
/** Waits between the first questions, in milliseconds: packets get lost, also because many answer at once. */
const firstWaitsMs = [100, 300, 600];
/** Then an agent that came without being heard is found within this time. */
const waitMs = 10_000;
/** Asks for agents on all stations, again and again. */
export class AgentBrowser {
    #directory;
    #stations;
    #timer;
    #closing;
    constructor(surroundings, options) {
        this.#directory = new AgentDirectory({
            found: options.found,
            changed: (agent) => options.changed?.(agent),
            lost: options.lost,
        });
        this.#stations = new StationSet(surroundings, options.interfaces, {
            opened: () => this.refresh(),
            closed: (station) => this.#directory.closed(station),
            heard: (agent, station, source) => this.#directory.hear(agent, station, source, performance.now()),
            left: (departure) => this.#directory.leave(departure, performance.now()),
            failed: (error) => options.failed?.(error),
        });
    }
    agents() {
        return this.#directory.agents();
    }
    refresh() {
        if (this.#closing !== undefined)
            return;
        clearTimeout(this.#timer);
        // In a turn of its own: stations often come together, and are asked together.
        this.#timer = setTimeout(() => this.#ask(0), 0);
    }
    close() {
        clearTimeout(this.#timer);
        this.#closing ??= this.#stations.close();
        return this.#closing;
    }
    /** The first time everybody answers, later those that have not been heard lately. */
    #ask(count) {
        const known = count === 0 ? [] : this.#directory.known(performance.now());
        for (const station of this.#stations)
            station.browse(known);
        this.#timer = setTimeout(() => this.#ask(count + 1), firstWaitsMs[count] ?? waitMs);
    }
}
//# sourceMappingURL=agent-browser.js.map