import type { IncomingMessage, ServerResponse } from 'node:http';
import { type PortList, portListPath, type SercliError, tellError, toSercliError } from '@sercli/protocol';

/** What the HTTP side of an agent can be asked. */
export interface HttpApi {
  portList(): Promise<PortList>;
}

/** Answers `GET /v1/ports`; everything else with 404, and other methods with 405. Errors are JSON too: `{"error": {"code", "message", "fields"}}`. */
export function answerHttp(api: HttpApi, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0];
  request.resume();
  if (path !== portListPath) return answer(response, 404, { error: { code: 'not-found', message: `no ${path} here` } });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return answer(response, 405, { error: { code: 'method', message: `${portListPath} is only read` } });
  }
  api.portList().then(
    (list) => answer(response, 200, list),
    (error: unknown) => answer(response, 500, { error: tellError(toSercliError(error) as SercliError) }),
  );
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
