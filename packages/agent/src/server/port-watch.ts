import type { ServerResponse } from 'node:http';
import { defaultAgentLimits, type ListedPort, type PortList, portWatchBeatMs } from '@sercli/protocol';
import { linesType, toLine, writeHead } from './json-answers.ts';

export interface WatchedPorts {
  portList(): Promise<PortList>;
  /** Calls `changed` with the list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void): () => void;
  /** Calls `changed` when who watches may have got or lost rights, until what is returned is called. */
  watchRights(changed: (mayWatch: boolean) => void): () => void;
}

/** The list at once, and again whenever it is another one; an empty line now and then, for the reader to see life. */
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
  // A list that could not be made is told with the first change.
  const look = (): void => void ports.portList().then(tell, () => undefined);
  const stops = [ports.watchPorts(tell), ports.watchRights((mayWatch) => (mayWatch ? look() : response.destroy()))];
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
