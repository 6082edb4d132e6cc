import type { IncomingMessage } from 'node:http';
import { type AgentPlace, dialError, dialTimeoutMs, refusalError, requestAgent } from '@sercli/link';

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks an agent over HTTP; resolves when its answer begins.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`, and what the agent refuses it with
 */
export function askPlace(
  place: AgentPlace,
  path: string,
  { method = 'GET', signal }: AskOptions = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = requestAgent(place, {
      method,
      path,
      timeout: dialTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.on('response', (response) => {
      if (response.statusCode === 200) return resolve(response);
      void refusalError(place, response).then((error) => {
        asking.destroy();
        reject(error);
      });
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${dialTimeoutMs / 1000} s`)));
    asking.on('error', (error) => reject(dialError(place, error)));
    asking.end();
  });
}
