import type { Advertisement, AdvertiseOptions, Advertiser, BrowseOptions, Browser, Discovery } from './discovery.ts';
import type { InterfaceAddress, LocalAddress } from './local-addresses.ts';
import type { Station, StationListener, Surroundings } from './station.ts';
/** Discovery without a network, for tests: who uses the same object finds each other, all on one loopback interface. */
export declare class MemoryDiscovery implements Discovery {
    #private;
    constructor();
    advertise(advertisement: Advertisement, options: AdvertiseOptions): Promise<Advertiser>;
    browse(options: BrowseOptions): Browser;
}
/** What joins stations: what one says, all hear, in the next turn of the event loop. */
export declare class MemoryCable {
    #private;
    add(station: MemoryStation): void;
    remove(station: MemoryStation): void;
    send(hear: (station: MemoryStation) => void): void;
}
/** A machine that has interfaces on cables. */
export declare class MemoryMachine implements Surroundings {
    #private;
    /** Gives the machine an IPv4 address with a prefix of 24 bits. */
    plug(cable: MemoryCable, place: Pick<InterfaceAddress, 'interfaceName' | 'address' | 'isLoopback'>): void;
    unplug(address: string): void;
    addresses(): readonly InterfaceAddress[];
    open(local: LocalAddress, listener: StationListener): Station;
}
declare class MemoryStation implements Station {
    #private;
    readonly local: LocalAddress;
    constructor(cable: MemoryCable, local: LocalAddress, listener: StationListener);
    browse(known: readonly string[]): void;
    probe(names: readonly string[]): void;
    publish(advertisement: Advertisement): void;
    withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void>;
    close(): Promise<void>;
}
export {};
//# sourceMappingURL=memory-discovery.d.ts.map