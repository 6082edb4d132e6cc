/**
 * Agents on the local network: lets one be found, and finds them.
 *
 * @packageDocumentation
 */
export type {
  Advertisement,
  AdvertiseOptions,
  Advertiser,
  BrowseOptions,
  Browser,
  Discovery,
  FoundAgent,
  InterfaceChoice,
  PlacedService,
  ServicesAdvertiser,
  ServicesOptions,
} from './discovery.ts';
export { discoveryOnDemand } from './discovery-on-demand.ts';
export { mdnsDiscovery } from './mdns-discovery.ts';
export { MemoryDiscovery } from './memory-discovery.ts';
export type { ServiceAdvertisement } from './service-records.ts';
