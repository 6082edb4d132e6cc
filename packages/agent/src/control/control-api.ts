import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Reloaded, reloadPath } from '@sercli/protocol';
import { answerError, answerHttp, answerJson, type HttpApi } from '../server/http-api.ts';

/** What an agent can be asked on its control socket: what everybody can, and what is up to its own user. */
export interface ControlApi extends HttpApi {
  /** Reads the configuration again. */
  reload(): Promise<Reloaded>;
}

/** Answers the routes of `ControlApi`. */
export function answerControl(api: ControlApi, request: IncomingMessage, response: ServerResponse): void {
  if (request.url !== reloadPath) return answerHttp(api, request, response);
  request.resume();
  if (request.method === 'POST') return answerJson(response, api.reload());
  response.setHeader('Allow', 'POST');
  answerError(response, 405, { code: 'method', message: `${reloadPath} is only posted to` });
}
