import { article, rfc2217, tuned } from './ser2net.mjs';
import { sercli } from './sercli.mjs';
import { sercliRaw, sercliRfc2217 } from './sercli-accepters.mjs';
import { socat } from './socat.mjs';

const chains = [article, tuned, socat, sercli, sercliRaw, rfc2217, sercliRfc2217];

/** name -> what stands between device and application, from the one that everything is compared with on. */
export const chainTable = Object.fromEntries(chains.map((chain) => [chain.name, chain]));

/** Those of most groups. The others have sercli at one end only, or the protocol that is compared there. */
export const mainChains = [article, tuned, socat, sercli].map(({ name }) => name);
