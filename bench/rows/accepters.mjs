import { rfc2217, tuned } from '../chains/ser2net.mjs';
import { sercliRaw, sercliRfc2217 } from '../chains/sercli-accepters.mjs';
import { transfer } from './bulk.mjs';
import { ping } from './round-trips.mjs';

/** The agent with the clients that people have already. */
export const accepters = {
  ports: 1,
  chains: [tuned, sercliRaw, rfc2217, sercliRfc2217].map(({ name }) => name),
  rows: [
    {
      name: 'accepter-roundtrip',
      title: '1 byte there and back through an accepter',
      measure: (chain, effort) => ping(chain, 1, effort),
    },
    {
      name: 'accepter-in',
      title: 'bulk through an accepter, device to application',
      measure: (chain, effort) => transfer(chain, ['in'], effort),
    },
    {
      name: 'accepter-out',
      title: 'bulk through an accepter, application to device',
      measure: (chain, effort) => transfer(chain, ['out'], effort),
    },
  ],
};
