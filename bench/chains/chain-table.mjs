import { article, tuned } from './ser2net.mjs';
import { sercli } from './sercli.mjs';
import { socat } from './socat.mjs';

/** name -> what stands between device and application, from the one that everything is compared with on. */
export const chainTable = Object.fromEntries([article, tuned, socat, sercli].map((chain) => [chain.name, chain]));
