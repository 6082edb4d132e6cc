import type { Discovery } from './discovery.ts';
/** Discovery on the local networks of this machine, by mDNS over IPv4 (RFC 6762, RFC 6763). */
export declare function mdnsDiscovery(): Discovery;
//# sourceMappingURL=mdns-discovery.d.ts.map