import type { Advertisement, AdvertiseOptions, Advertiser } from './discovery.ts';
import type { Surroundings } from './station.ts';
/** How long an answer is waited for before a name counts as free, in milliseconds. */
export declare const probeMs = 300;
/**
 * Keeps one name for an agent on all stations. It asks for the name first and leaves it to another agent that answers.
 * Two that took a name at the same moment, or on networks that were joined later, hear each other: the higher id gives
 * way. The one that gives way says no goodbye where the other is, since goodbyes go by the name.
 */
export declare class AgentAdvertiser implements Advertiser {
    #private;
    static start(surroundings: Surroundings, advertisement: Advertisement, options: AdvertiseOptions): Promise<AgentAdvertiser>;
    private constructor();
    get name(): string;
    close(): Promise<void>;
}
//# sourceMappingURL=agent-advertiser.d.ts.map