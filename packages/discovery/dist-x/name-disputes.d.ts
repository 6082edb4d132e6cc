/** A name as an agent has told it, by its key. */
export interface ToldName {
    readonly nameKey: string;
    readonly agentId: string;
}
/**
 * Which agents told which names. A name that several told is disputed. One of them then takes another name and says no
 * goodbye to the old one, since that would be taken for the other's: the old one is given up when the new one is heard.
 */
export declare class NameDisputes {
    #private;
    add({ nameKey, agentId }: ToldName): void;
    delete({ nameKey, agentId }: ToldName): void;
    /** The names given up, of those that this agent told and of all agents that told this name. */
    givenUp({ nameKey, agentId }: ToldName): ToldName[];
    agentsOf(nameKey: string): string[];
}
//# sourceMappingURL=name-disputes.d.ts.map