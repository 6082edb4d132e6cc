import type { IncomingMessage } from 'node:http';
import { type AgentAddress, formatPlace, reasonOf, SercliError } from '@sercli/protocol';
import { AgentLocator, tryEach } from './agent-locator.ts';
import { askPlace } from './http-request.ts';

/** Characters of one answer at most, or of one line of an answer that goes on; an agent with 4,000 ports has 1.2 million to say. */
const maxAnswerLength = 8 * 1024 * 1024;

export interface DirectoryOptions {
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks an agent's JSON API; resolves when its answer begins.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`, and what it is refused with
 */
export async function askAgent(
  address: AgentAddress,
  path: string,
  { locator = new AgentLocator(), signal }: DirectoryOptions,
): Promise<IncomingMessage> {
  return tryEach(await locator.locate(address, signal), (place) => askPlace(place, path, { signal }));
}

/**
 * The answer of an agent as it comes.
 *
 * @param bounded - what may not become too long: the whole answer, or each line of one that goes on
 * @throws SercliError `connection-lost`
 */
export async function* answerText(
  address: AgentAddress,
  response: IncomingMessage,
  bounded: 'whole' | 'line',
): AsyncGenerator<string, void, void> {
  response.setEncoding('utf8');
  let length = 0;
  try {
    for await (const text of response) {
      length = bounded === 'line' && String(text).includes('\n') ? 0 : length + String(text).length;
      if (length > maxAnswerLength) throw new Error(`its answer is longer than ${maxAnswerLength} characters`);
      yield String(text);
    }
  } catch (cause) {
    throw new SercliError('connection-lost', { host: address.host, reason: reasonOf(cause) }, { cause });
  } finally {
    response.destroy();
  }
}

/**
 * What an agent answers as a whole.
 *
 * @throws SercliError what `askAgent` throws, and `connection-lost`
 */
export async function readAnswer<Answer>(
  address: AgentAddress,
  path: string,
  parse: (json: string) => Answer,
  options: DirectoryOptions,
): Promise<Answer> {
  const response = await askAgent(address, path, options);
  let body = '';
  for await (const text of answerText(address, response, 'whole')) body += text;
  return parseAnswer(address, body, parse);
}

/** @throws SercliError `not-an-agent` if `parse` throws */
export function parseAnswer<Answer>(address: AgentAddress, json: string, parse: (json: string) => Answer): Answer {
  try {
    return parse(json);
  } catch (cause) {
    const { host, tcpPort } = address;
    const reason = `its answer is unreadable: ${reasonOf(cause)}`;
    throw new SercliError('not-an-agent', { place: formatPlace(host, tcpPort), reason }, { cause });
  }
}
