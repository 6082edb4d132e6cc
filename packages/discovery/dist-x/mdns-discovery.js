import { hostname } from 'node:os';
import { AgentAdvertiser } from './agent-advertiser.js';
import { AgentBrowser } from './agent-browser.js';
import { BonjourStation } from './bonjour-station.js';
import { interfaceAddresses } from './local-addresses.js';
/** Discovery on the local networks of this machine, by mDNS over IPv4 (RFC 6762, RFC 6763). */
export function mdnsDiscovery() {
    const machineName = hostLabel(hostname());
    const surroundings = {
        addresses: interfaceAddresses,
        open: (local, listener) => new BonjourStation(local, machineName, listener),
    };
    return {
        advertise: (advertisement, options) => AgentAdvertiser.start(surroundings, advertisement, options),
        browse: (options) => new AgentBrowser(surroundings, options),
    };
}
/** The host name without its domain, as part of a DNS label: an id follows, and 63 bytes are the most for both. */
function hostLabel(name) {
    return (name
        .replace(/\..*/, '')
        .replace(/[^\w-]+/g, '-')
        .slice(0, 50) || 'host');
}
//# sourceMappingURL=mdns-discovery.js.map