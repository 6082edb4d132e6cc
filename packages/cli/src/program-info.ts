import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { AgentConnections } from '@sercli/client';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export { version };

/** Program and version, as peers are told. */
export const software: string = `sercli/${version}`;

/** What this user on this machine is called where its sessions are shown: `anna@laptop`. */
export function clientName(): string {
  return `${userInfo().username}@${hostname().split('.')[0]}`;
}

export function newConnections(): AgentConnections {
  return new AgentConnections({ name: clientName(), software });
}
