import { formatPlace, portNamePattern } from '@sercli/protocol';
import type { ListenPlace } from '../server/listen-place.ts';
import type { PortConfig } from './config.ts';
import { portShape } from './port-shape.ts';
import { named, refined, type Shape, section } from './shape.ts';
import { reportTwins } from './twins.ts';

const nameRule = 'letters, digits, . _ and -, 64 at most, the first a letter, digit or _';

/** The ports, by name; no two of them have the same device. */
export const portsShape: Shape<readonly PortConfig[]> = refined(
  section(named(portNamePattern, nameRule, portShape)),
  (unnamed) => {
    const ports = unnamed.map(({ name, node, value }) => ({ node, value: value(name) }));
    reportTwins(ports, deviceIdentity, 'has the same device as');
    const places = ports.flatMap(({ node, value: port }) =>
      port.accepters.filter(({ enabled }) => enabled).flatMap(({ listen }) => listen.map((value) => ({ node, value }))),
    );
    reportTwins(places, listenIdentity, 'has an accepter on the same TCP port as');
    return ports.map(({ value }) => value);
  },
);

/** Equal where only one could listen. */
function listenIdentity({ host, tcpPort }: ListenPlace): string | undefined {
  return tcpPort === 0 ? undefined : formatPlace(host, tcpPort);
}

/** Equal for ports that would fight over one device; any number of simulators and programs can run. */
function deviceIdentity({ spec }: PortConfig): string | undefined {
  switch (spec.kind) {
    case 'device':
      return JSON.stringify([['path', spec.path]]);
    case 'matched':
      return JSON.stringify(Object.entries(spec.match).sort());
    case 'simulator':
    case 'program':
      return undefined;
    default:
      return spec satisfies never;
  }
}
