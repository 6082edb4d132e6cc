import { MemoryDiscovery } from './memory-discovery.ts';
import { discoverySuite } from './testing/discovery-suite.ts';

discoverySuite('MemoryDiscovery', () => new MemoryDiscovery());
