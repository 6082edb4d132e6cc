import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type PortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  tellError,
  toSercliError,
} from '@sercli/protocol';

/** What the HTTP side of an agent can be asked. */
export interface HttpApi {
  portList(): Promise<PortList>;
  /** Calls `changed` with the list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void): () => void;
}

/** Bytes of lists that may wait for a reader of the watch; above it, the next list waits until they have left. */
const watchBacklogBytes = 65_536;

/** Answers the routes of `HttpApi`, all of them read-only. Errors are JSON: `{"error": {"code", "message", "fields"}}`. */
export function answerHttp(api: HttpApi, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0];
  request.resume();
  if (path !== portListPath && path !== portWatchPath) {
    return answer(response, 404, { error: { code: 'not-found', message: `no ${path} here` } });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return answer(response, 405, { error: { code: 'method', message: `${path} is only read` } });
  }
  if (path === portWatchPath) return tellChanges(api, response);
  api.portList().then(
    (list) => answer(response, 200, list),
    (error: unknown) => answer(response, 500, { error: tellError(toSercliError(error)) }),
  );
}

/** The list at once, and again whenever it is another one; an empty line now and then, for the reader to see life. */
function tellChanges(api: HttpApi, response: ServerResponse): void {
  writeHead(response, 200, 'application/x-ndjson; charset=utf-8');
  response.flushHeaders();
  let told = '';
  let latest = '';
  const write = (): void => {
    if (latest === told || response.writableLength >= watchBacklogBytes) return;
    told = latest;
    response.write(latest);
  };
  const tell = (list: PortList): void => {
    latest = `${JSON.stringify(list)}\n`;
    write();
  };
  response.on('drain', write);
  const beat = setInterval(() => {
    if (response.writableLength === 0) response.write('\n');
  }, portWatchBeatMs);
  const stop = api.watchPorts(tell);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
  // A list that could not be made is told with the first change.
  api.portList().then(tell, () => undefined);
}

function answer(response: ServerResponse, status: number, body: object): void {
  writeHead(response, status, 'application/json; charset=utf-8');
  response.end(`${JSON.stringify(body)}\n`);
}

function writeHead(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}
