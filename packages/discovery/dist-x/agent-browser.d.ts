import type { BrowseOptions, Browser, FoundAgent } from './discovery.ts';
import type { Surroundings } from './station.ts';
/** Asks for agents on all stations, again and again. */
export declare class AgentBrowser implements Browser {
    #private;
    constructor(surroundings: Surroundings, options: BrowseOptions);
    agents(): readonly FoundAgent[];
    refresh(): void;
    close(): Promise<void>;
}
//# sourceMappingURL=agent-browser.d.ts.map