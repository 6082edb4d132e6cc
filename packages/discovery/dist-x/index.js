export { mdnsDiscovery } from './mdns-discovery.js';
export { MemoryDiscovery } from './memory-discovery.js';
//# sourceMappingURL=index.js.map