/** Whether an agent can have this name: it stands in addresses and is one DNS label. */
export declare function isAgentName(text: string): boolean;
/** The name nearest to `text` that an agent can have. */
export declare function toAgentName(text: string): string;
/** What an agent is called that wants `name` when the names before are taken: `name`, `name-2`, `name-3`. */
export declare function numberedName(name: string, number: number): string;
/** DNS compares names without regard to the case of ASCII letters (RFC 1035 section 2.3.3). */
export declare function nameKey(name: string): string;
//# sourceMappingURL=agent-name.d.ts.map