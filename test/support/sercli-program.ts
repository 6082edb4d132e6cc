import { fileURLToPath } from 'node:url';

/** What `sercli` runs: the argument of node. */
export const sercliProgram: string = fileURLToPath(new URL('../../packages/cli/bin/sercli.cjs', import.meta.url));
