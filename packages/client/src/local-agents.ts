import type { DialKeys, LocalAgent } from '@sercli/link';
import { defaultTcpPort, parseReloaded, type Reloaded, reloadPath, SercliError } from '@sercli/protocol';
import { answerText, parseAnswer } from './agent-answer.ts';
import { type AgentRequest, askPlace } from './http-request.ts';

/** On a control socket nobody shows a key: who may open it is known by that. */
const noKeys: DialKeys = { identity: refuseKeys, verify: refuseKeys };

/**
 * Asks an agent of this machine on its control socket, as the user who runs it; resolves to the whole answer.
 *
 * @throws SercliError `agent-unreachable`, `not-an-agent`, `connection-lost`, and what the agent refuses it with
 */
export async function askLocalAgent<Answer>(
  { name, path: socketPath }: LocalAgent,
  path: string,
  parse: (json: string) => Answer,
  request: AgentRequest = {},
): Promise<Answer> {
  const place = { host: name, tcpPort: defaultTcpPort, carrier: 'stream', socketPath } as const;
  const response = await askPlace(place, noKeys, path, request);
  let body = '';
  for await (const text of answerText(place, response, 'whole')) body += text;
  return parseAnswer(place, body, parse);
}

/**
 * Makes an agent of this machine read its configuration again; resolves when it has.
 *
 * @throws SercliError what the configuration is wrong in, and `agent-unreachable`, `not-an-agent`, `connection-lost`
 */
export function reloadAgent(agent: LocalAgent): Promise<Reloaded> {
  return askLocalAgent(agent, reloadPath, parseReloaded, { method: 'POST' });
}

async function refuseKeys(): Promise<never> {
  throw new SercliError('internal', { what: 'a key was asked for on a control socket' });
}
