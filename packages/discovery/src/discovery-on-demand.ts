import type { Discovery } from './discovery.ts';

/** mDNS, read when it is first needed: an address with an IP address needs none, and reading it takes some ms. */
export async function discoveryOnDemand(): Promise<Discovery> {
  const { mdnsDiscovery } = await import('./mdns-discovery.ts');
  return mdnsDiscovery();
}
