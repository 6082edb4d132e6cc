import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { dialError, dialTimeoutMs, tlsOptions } from '@sercli/link';
import { type AgentAddress, formatPlace, SercliError } from '@sercli/protocol';

/**
 * Asks an agent over HTTP; resolves when its answer begins.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`
 */
export function getFromAgent(
  address: AgentAddress,
  path: string,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const { host, tcpPort } = address;
  const place = formatPlace(host, tcpPort);
  return new Promise((resolve, reject) => {
    const asking = request({
      ...tlsOptions,
      host,
      port: tcpPort,
      path,
      timeout: dialTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    asking.on('response', (response) => {
      if (response.statusCode === 200) return resolve(response);
      asking.destroy();
      reject(new SercliError('not-an-agent', { place, reason: `it answers HTTP ${response.statusCode}` }));
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${dialTimeoutMs / 1000} s`)));
    asking.on('error', (error) => reject(dialError(address, error)));
    asking.end();
  });
}
