import { type ListedPort, type PortList, withoutCounters } from '@sercli/protocol';

/** What is new in a port list. */
export interface PortChange {
  readonly kind: 'port-added' | 'port-removed' | 'port-changed';
  readonly port: ListedPort;
}

/** What has changed from one list of an agent to the next; without a list before, all ports are added. */
export function portChanges(before: PortList | undefined, now: PortList): PortChange[] {
  const known = new Map(before?.ports.map((port) => [port.name, port]));
  const changes: PortChange[] = [];
  for (const port of now.ports) {
    const was = known.get(port.name);
    known.delete(port.name);
    if (was === undefined) changes.push({ kind: 'port-added', port });
    else if (textOf(was) !== textOf(port)) changes.push({ kind: 'port-changed', port });
  }
  for (const port of known.values()) changes.push({ kind: 'port-removed', port });
  return changes;
}

function textOf(port: ListedPort): string {
  return JSON.stringify(withoutCounters(port));
}
