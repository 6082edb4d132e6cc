import { formatPlace } from '@sercli/protocol';
import type { AccepterConfig, PlacedAccepter } from '../accepters/accepter-config.ts';
import type { PortConfig } from '../config/config.ts';

/** Ports, and all accepters of them. */
export interface ServedSelection {
  readonly ports: readonly PortConfig[];
  readonly accepters: readonly PlacedAccepter[];
}

/**
 * What is served now of what is wanted: a port that is in use stays as it is until its clients have left, as SIGHUP of
 * ser2net(8) has it, unless it is disabled. Who wants a TCP port that such a port has, waits.
 *
 * @param busy names of ports that are in use
 */
export function keepBusyPorts(
  served: ServedSelection,
  wanted: ServedSelection,
  busy: ReadonlySet<string>,
): { readonly selection: ServedSelection; readonly isComplete: boolean } {
  const kept = served.ports.filter(({ spec }) => busy.has(spec.name) && hasChanged(spec.name, served, wanted));
  if (kept.length === 0)
    return { selection: { ...wanted, ports: wanted.ports.map(withoutAccepters) }, isComplete: true };
  const keptNames = new Set(kept.map(({ spec }) => spec.name));
  const touchesKept = ({ ports }: PlacedAccepter): boolean => ports.some((name) => keptNames.has(name));
  const keptAccepters = served.accepters.filter(touchesKept);
  const places = new Set(keptAccepters.flatMap(({ config }) => placesOf(config)));
  const isFree = ({ config }: PlacedAccepter): boolean => !placesOf(config).some((place) => places.has(place));
  // A rotator goes on with the ports that it had.
  const names = new Set([...keptAccepters.flatMap(({ ports }) => ports), ...keptNames]);
  const others = served.ports.filter(({ spec }) => names.has(spec.name) && !keptNames.has(spec.name));
  const missing = others.filter(({ spec }) => !wanted.ports.some((port) => port.spec.name === spec.name));
  const ports = [...wanted.ports.filter(({ spec }) => !keptNames.has(spec.name)), ...kept, ...missing];
  const accepters = [...wanted.accepters.filter((one) => !touchesKept(one) && isFree(one)), ...keptAccepters];
  return { selection: { ports: ports.map(withoutAccepters), accepters }, isComplete: false };
}

function hasChanged(name: string, served: ServedSelection, wanted: ServedSelection): boolean {
  const after = describe(name, wanted);
  const isDisabled = wanted.accepters.some(({ ports, config }) => ports.includes(name) && !config.enabled);
  return !isDisabled && describe(name, served) !== after;
}

function describe(name: string, { ports, accepters }: ServedSelection): string {
  const port = ports.find(({ spec }) => spec.name === name);
  const own = accepters.filter((accepter) => accepter.ports.includes(name));
  return JSON.stringify([port === undefined ? undefined : withoutAccepters(port), own]);
}

/** They stand with the others. */
function withoutAccepters(port: PortConfig): PortConfig {
  return { ...port, accepters: [] };
}

function placesOf({ listen }: AccepterConfig): string[] {
  return listen.map(({ host, tcpPort }) => formatPlace(host, tcpPort));
}
