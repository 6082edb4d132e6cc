import type { ServerResponse } from 'node:http';
import {
  defaultAgentLimits,
  type ListedPort,
  type PortList,
  portWatchBeatMs,
  type SercliError,
  tellError,
} from '@sercli/protocol';
import { linesType, toLine, writeHead } from './json-answers.ts';

export interface WatchedPorts {
  portList(): Promise<PortList>;
  /** Calls `changed` with the list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void): () => void;
  /** Calls `changed` when who watches may have got or lost rights, with why not to go on, until what is returned is called. */
  watchRights(changed: (refusal: SercliError | undefined) => void): () => void;
}

/**
 * The list at once, and again whenever it is another one; an empty line now and then, for the reader to see life. One who may
 * not watch any more is told why, and that is the end.
 */
export function tellPorts(ports: WatchedPorts, response: ServerResponse): void {
  writeHead(response, 200, linesType);
  response.flushHeaders();
  let told = '';
  let latest = '';
  const write = (): void => {
    if (latest === told || response.writableLength >= defaultAgentLimits.watchBacklogBytes) return;
    told = latest;
    response.write(latest);
  };
  const tell = (list: PortList): void => {
    latest = toLine({ ...list, ports: list.ports.map(withoutCounters) });
    write();
  };
  response.on('drain', write);
  const beat = setInterval(() => {
    if (response.writableLength === 0) response.write('\n');
  }, portWatchBeatMs);
  const end = (refusal: SercliError): void => void response.end(toLine({ error: tellError(refusal) }));
  // A list that could not be made is told with the first change.
  const look = (): void => void ports.portList().then(tell, () => undefined);
  const stops = [
    ports.watchPorts(tell),
    ports.watchRights((refusal) => (refusal === undefined ? look() : end(refusal))),
  ];
  response.on('close', () => {
    clearInterval(beat);
    for (const stop of stops) stop();
  });
  look();
}

/** They change with every byte, and nobody is to be told of that. */
function withoutCounters({ counters: _, ...port }: ListedPort): ListedPort {
  return port;
}
