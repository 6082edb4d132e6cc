import type { LocalAgent } from '@sercli/link';
import { defaultTcpPort, parseReloaded, type Reloaded, reloadPath } from '@sercli/protocol';
import { answerText, parseAnswer } from './agent-answer.ts';
import { askPlace } from './http-request.ts';

/**
 * Makes an agent of this machine read its configuration again; resolves when it has.
 *
 * @throws SercliError what the configuration is wrong in, and `agent-unreachable`, `not-an-agent`, `connection-lost`
 */
export async function reloadAgent({ name, path }: LocalAgent): Promise<Reloaded> {
  const place = { host: name, tcpPort: defaultTcpPort, carrier: 'stream', socketPath: path } as const;
  const response = await askPlace(place, reloadPath, { method: 'POST' });
  let body = '';
  for await (const text of answerText(place, response, 'whole')) body += text;
  return parseAnswer(place, body, parseReloaded);
}
