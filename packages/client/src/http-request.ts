import type { IncomingMessage } from 'node:http';
import { type AgentPlace, type DialKeys, dialError, dialTimeoutMs, refusalError, requestAgent } from '@sercli/link';

/** A request besides its path. */
export interface AgentRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /** JSON. */
  readonly body?: string | undefined;
}

export interface AskOptions extends AgentRequest {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks an agent over HTTP; resolves when its answer begins.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `agent-key-changed`, `not-an-agent`, `aborted`, and what the
 *   agent refuses it with
 */
export function askPlace(
  place: AgentPlace,
  keys: DialKeys,
  path: string,
  { method = 'GET', body = '', signal }: AskOptions = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'Content-Type': 'application/json' };
    const asking = requestAgent(place, keys, { method, path, headers, timeout: dialTimeoutMs, signal });
    asking.on('response', (response) => {
      if (response.statusCode === 200) return resolve(response);
      void refusalError(place, response).then((error) => {
        asking.destroy();
        reject(error);
      });
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${dialTimeoutMs / 1000} s`)));
    asking.on('error', (error) => reject(dialError(place, error, signal)));
    asking.end(body);
  });
}
