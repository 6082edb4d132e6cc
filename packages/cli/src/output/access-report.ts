import { homedir } from 'node:os';
import type { AccessEvent } from '@sercli/client/tools';
import { formatAgentAddress } from '@sercli/protocol';
import { formatTable } from './table.ts';
import { colorsFor, tellLine } from './terminal.ts';

/** Tells people on stderr which keys became known, and which lines of `known_agents` could not be read. */
export function tellAccess(event: AccessEvent): void {
  formatAccess(event).forEach(tellLine);
}

export function formatAccess(event: AccessEvent): string[] {
  const colors = colorsFor(process.stderr);
  if (event.kind === 'broken-line') {
    const { path, line } = event;
    return [colors.yellow(`${path} line ${line.number} is skipped: ${line.problem}`)];
  }
  const { address, fingerprint, own, path } = event;
  const host = formatAgentAddress({ ...address, carrier: 'stream' });
  const rows = formatTable([
    ['  its fingerprint', fingerprint, `    (compare with: sercli identity, on ${address.host})`],
    ["  this client's", own],
  ]);
  return [`${host} is new here; its key is kept in ${formatPath(path)} from now on`, ...rows];
}

/** As an event of `--json`. */
export function accessToJson(event: AccessEvent): object {
  if (event.kind === 'broken-line') return { event: event.kind, path: event.path, ...event.line };
  const { kind, address, ...told } = event;
  return { event: kind, address: formatAgentAddress(address), ...told };
}

/** A path as people write it: `~/.local/state/sercli/known_agents`. */
export function formatPath(path: string): string {
  const home = `${homedir()}/`;
  return path.startsWith(home) ? `~/${path.slice(home.length)}` : path;
}
