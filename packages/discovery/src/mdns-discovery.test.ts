import { mdnsDiscovery } from './mdns-discovery.ts';
import { discoverySuite } from './testing/discovery-suite.ts';

discoverySuite('mdnsDiscovery', mdnsDiscovery);
