import type { Advertisement } from './discovery.ts';
/** What the TXT record of an agent says. */
export interface AgentText {
    readonly agentId: string;
    readonly wire: number;
    readonly software: string;
    readonly fingerprint?: string;
    readonly isOpen: boolean;
}
/** The strings of the TXT record, `key=value` (RFC 6763 section 6.3). */
export declare function encodeAgentText({ agentId, wire, software, fingerprint, isOpen }: Advertisement): string[];
/** Undefined when the record is not of an agent: id and wire version are what every agent tells. */
export declare function decodeAgentText(strings: readonly Uint8Array[]): AgentText | undefined;
//# sourceMappingURL=agent-text.d.ts.map