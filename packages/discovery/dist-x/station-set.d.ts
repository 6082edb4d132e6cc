import { SercliError } from '@sercli/protocol';
import type { InterfaceChoice } from './discovery.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { Station, Surroundings } from './station.ts';
export interface StationSetListener {
    opened(station: Station): void;
    closed(station: Station): void;
    heard(agent: HeardAgent, station: Station, source: string): void;
    left(departure: Departure): void;
    /** Called once for each reason. */
    failed(error: SercliError): void;
}
/** A station on every chosen address of this machine, as they come and go. */
export declare class StationSet {
    #private;
    constructor(surroundings: Surroundings, choice: InterfaceChoice, listener: StationSetListener);
    [Symbol.iterator](): IterableIterator<Station>;
    close(): Promise<void>;
}
//# sourceMappingURL=station-set.d.ts.map