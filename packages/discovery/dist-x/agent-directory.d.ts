import type { FoundAgent } from './discovery.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { Station } from './station.ts';
export interface DirectoryListener {
    found(agent: FoundAgent): void;
    changed(agent: FoundAgent): void;
    lost(agent: FoundAgent): void;
}
/** The agents that were heard, each name with each id once. Times are milliseconds of one clock, given by the caller. */
export declare class AgentDirectory {
    #private;
    constructor(listener: DirectoryListener);
    agents(): readonly FoundAgent[];
    /** The names of the agents heard lately. */
    known(now: number): string[];
    hear(heard: HeardAgent, station: Station, source: string, now: number): void;
    leave({ name, agentId }: Departure, now: number): void;
    /** What was heard on this station is kept, behind what was heard elsewhere. */
    closed(station: Station): void;
}
//# sourceMappingURL=agent-directory.d.ts.map