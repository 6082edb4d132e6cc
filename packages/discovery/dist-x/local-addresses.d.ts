import type { InterfaceChoice } from './discovery.ts';
/** An address of this machine. */
export interface InterfaceAddress {
    readonly interfaceName: string;
    /** Without a zone. */
    readonly address: string;
    readonly family: 'IPv4' | 'IPv6';
    /** Bits of the network's prefix. */
    readonly prefixLength: number;
    readonly isLoopback: boolean;
}
/** An IPv4 address to send and hear from, and what to advertise there. */
export interface LocalAddress extends InterfaceAddress {
    /** The addresses of the interface at which the agent listens; the same for all addresses of one interface. */
    readonly advertised: readonly string[];
}
/** The addresses of interfaces that are up and have a carrier. */
export declare function interfaceAddresses(): InterfaceAddress[];
/** What the choice comes to with these addresses. */
export declare function chosenAddresses(choice: InterfaceChoice, all: readonly InterfaceAddress[]): LocalAddress[];
/** What of the choice comes to nothing now, and why. */
export interface UnusablePart {
    readonly place: string;
    readonly reason: string;
    readonly remedy: string;
}
export declare function unusableParts(choice: InterfaceChoice, all: readonly InterfaceAddress[]): UnusablePart[];
/**
 * Whether a packet from `source` came on the interface of `here`. Every socket of mDNS hears what comes on all
 * interfaces (IP_MULTICAST_ALL in ip(7)), so the source has to tell. One of no network that is known may be a neighbour
 * all the same (RFC 6762 section 11).
 */
export declare function mayCome(source: string, here: InterfaceAddress, all: readonly InterfaceAddress[]): boolean;
export declare function isInNetwork(address: string, { address: own, prefixLength, family }: InterfaceAddress): boolean;
//# sourceMappingURL=local-addresses.d.ts.map