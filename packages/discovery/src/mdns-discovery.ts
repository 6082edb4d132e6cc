import { hostname } from 'node:os';
import { AgentAdvertiser } from './agent-advertiser.ts';
import { AgentBrowser } from './agent-browser.ts';
import { BonjourStation } from './bonjour-station.ts';
import type { Discovery } from './discovery.ts';
import { interfaceAddresses } from './local-addresses.ts';
import { ServiceAdvertiser } from './service-advertiser.ts';
import type { ServiceSurroundings } from './service-group.ts';
import { hostNameOf } from './service-records.ts';
import { ServiceStation } from './service-station.ts';
import type { Surroundings } from './station.ts';

/** Discovery on the local networks of this machine, by mDNS over IPv4 (RFC 6762, RFC 6763). */
export function mdnsDiscovery(): Discovery {
  const machineName = hostLabel(hostname());
  const surroundings: Surroundings = {
    addresses: interfaceAddresses,
    open: (local, listener) => new BonjourStation(local, machineName, listener),
  };
  return {
    advertise: (advertisement, options) => AgentAdvertiser.start(surroundings, advertisement, options),
    browse: (options) => new AgentBrowser(surroundings, options),
    advertiseServices: (options) => {
      const hostName = hostNameOf(machineName, options.agentId);
      const open: ServiceSurroundings['open'] = (local, listener) => new ServiceStation(local, hostName, listener);
      return new ServiceAdvertiser({ addresses: interfaceAddresses, open }, options);
    },
  };
}

/** The host name without its domain, as part of a DNS label: an id follows, and 63 bytes are the most for both. */
function hostLabel(name: string): string {
  return (
    name
      .replace(/\..*/, '')
      .replace(/[^\w-]+/g, '-')
      .slice(0, 50) || 'host'
  );
}
