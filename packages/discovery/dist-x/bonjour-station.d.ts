import type { Advertisement } from './discovery.ts';
import type { LocalAddress } from './local-addresses.ts';
import type { Station, StationListener } from './station.ts';
/**
 * mDNS on one IPv4 address: bonjour-service's socket and its answering of questions. One socket for all addresses would
 * send on one interface only.
 *
 * What is announced and what is read is ours. bonjour-service's publish() tells the addresses of all interfaces on each,
 * takes those of the whole machine back in its goodbye, and after a conflict says goodbye in the name of the winner;
 * its find() drops what changed and cannot tell two agents of one name apart.
 */
export declare class BonjourStation implements Station {
    #private;
    readonly local: LocalAddress;
    /** @param machineName what this machine is called, one DNS label */
    constructor(local: LocalAddress, machineName: string, listener: StationListener);
    browse(known: readonly string[]): void;
    probe(names: readonly string[], advertisement: Advertisement): void;
    publish(advertisement: Advertisement): void;
    withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void>;
    close(): Promise<void>;
}
//# sourceMappingURL=bonjour-station.d.ts.map