import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type PortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  type SessionList,
  sessionListPath,
  tellError,
  toSercliError,
} from '@sercli/protocol';

/** What the HTTP side of an agent can be asked. */
export interface HttpApi {
  portList(): Promise<PortList>;
  sessionList(): SessionList;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  /** Calls `changed` with the list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void): () => void;
}

/** Bytes of lists that may wait for a reader of the watch; above it, the next list waits until they have left. */
const watchBacklogBytes = 65_536;

/** The path of the metrics; where Prometheus looks for them unless it is told otherwise. */
const metricsPath = '/metrics';
const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
const jsonType = 'application/json; charset=utf-8';

/** Asked by what starts agents again that do not answer; says nothing else, for everybody may ask. */
const healthPath = '/healthz';

type Route = (api: HttpApi, response: ServerResponse) => void;

const routes: ReadonlyMap<string, Route> = new Map([
  [portListPath, answerWhole(jsonType, async (api) => toJson(await api.portList()))],
  [portWatchPath, tellChanges],
  [sessionListPath, answerWhole(jsonType, async (api) => toJson(api.sessionList()))],
  [metricsPath, answerWhole(metricsType, (api) => api.metrics())],
  [healthPath, answerWhole('text/plain; charset=utf-8', async () => 'ok\n')],
]);

/** Answers the routes of `HttpApi`, all of them read-only. Errors are JSON: `{"error": {"code", "message", "fields"}}`. */
export function answerHttp(api: HttpApi, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0] ?? '';
  request.resume();
  const route = routes.get(path);
  if (route === undefined) {
    return answerError(response, 404, { code: 'not-found', message: `no ${path} here` });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return answerError(response, 405, { code: 'method', message: `${path} is only read` });
  }
  route(api, response);
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

/** A route whose answer is said at once, as a whole. */
function answerWhole(type: string, makeBody: (api: HttpApi) => Promise<string>): Route {
  return (api, response) => answerWhen(response, type, makeBody(api));
}

/** Answers with what the promise gives, or with the error that it fails with. */
export function answerJson(response: ServerResponse, made: Promise<object>): void {
  answerWhen(response, jsonType, made.then(toJson));
}

function answerWhen(response: ServerResponse, type: string, body: Promise<string>): void {
  body.then(
    (text) => answer(response, 200, type, text),
    (error: unknown) => answerError(response, 500, tellError(toSercliError(error))),
  );
}

export function answerError(response: ServerResponse, status: number, error: object): void {
  answer(response, status, jsonType, toJson({ error }));
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  writeHead(response, status, type);
  response.end(body);
}

function toJson(answer: object): string {
  return `${JSON.stringify(answer)}\n`;
}

function writeHead(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'Content-Type': type });
}
