import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export { version };

/** Program and version, as peers are told. */
export const software: string = `sercli/${version}`;

/** What `sercli` runs: the argument of node. */
export const programPath: string = fileURLToPath(new URL('../bin/sercli.cjs', import.meta.url));
