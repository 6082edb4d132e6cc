import { type AgentText } from './agent-text.ts';
import type { Advertisement } from './discovery.ts';
/** The service type of agents (RFC 6763 section 7). */
export declare const serviceType = "_sercli._tcp.local";
/** Seconds that others may keep a record: RFC 6762 section 10 has 120 for those that name a machine, 75 minutes for the rest. */
export declare const serviceTtl = 4500;
/** A resource record as multicast-dns encodes and decodes it. */
export interface DnsRecord {
    readonly name: string;
    readonly type: string;
    readonly ttl: number;
    readonly data?: unknown;
    /** The sender knows all records of this name and type: forget others (RFC 6762 section 10.2). */
    readonly flush?: boolean;
}
/** The parts of a DNS message that matter here. */
export interface DnsMessage {
    readonly questions: readonly {
        readonly name: string;
        readonly type: string;
    }[];
    readonly answers: readonly DnsRecord[];
    readonly additionals: readonly DnsRecord[];
    readonly authorities?: readonly DnsRecord[];
}
/** An agent as a message tells it. */
export interface HeardAgent extends AgentText {
    readonly name: string;
    readonly tcpPort: number;
    readonly hostName: string;
    /** As advertised, whatever they are. */
    readonly addresses: readonly string[];
}
/** An agent that says goodbye; without an id when the message has none. */
export interface Departure {
    readonly name: string;
    readonly agentId?: string;
}
export declare function serviceName(agentName: string): string;
/** That there is an agent of this name. */
export declare function pointerTo(agentName: string, ttl: number): DnsRecord & {
    type: 'PTR';
};
/** What belongs to the agent alone, and goes with it. */
export declare function agentRecords(advertisement: Advertisement, hostName: string, isGoodbye?: boolean): [DnsRecord & {
    type: 'PTR';
}, {
    readonly name: string;
    readonly type: 'SRV';
    readonly ttl: 0 | 120;
    readonly flush: true;
    readonly data: {
        port: number;
        target: string;
        priority: number;
        weight: number;
    };
}, {
    readonly name: string;
    readonly type: 'TXT';
    readonly ttl: 0 | 4500;
    readonly flush: true;
    readonly data: string[];
}];
/** What no goodbye takes back: that there are agents at all, which others tell too, and where the machine is. */
export declare function lastingRecords(hostName: string, addresses: readonly string[]): ({
    readonly name: '_services._dns-sd._udp.local';
    readonly type: 'PTR';
    readonly ttl: 4500;
    readonly data: "_sercli._tcp.local";
} | {
    readonly name: string;
    readonly type: "A" | "AAAA";
    readonly ttl: 120;
    readonly data: string;
})[];
/** The agents that a response tells of, and those that leave. What is no record of an agent is passed over. */
export declare function readResponse(message: DnsMessage): {
    present: readonly HeardAgent[];
    left: readonly Departure[];
};
/** The names of agents that a query says it knows well enough (RFC 6762 section 7.1). */
export declare function knownAgents(query: DnsMessage): Set<string>;
export declare function isName({ name }: {
    readonly name: string;
}, other: string): boolean;
//# sourceMappingURL=service-records.d.ts.map