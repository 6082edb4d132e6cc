import type { IncomingMessage } from 'node:http';
import type { AgentPlace } from '@sercli/link';
import { type AgentAddress, formatPlace, reasonOf, SercliError } from '@sercli/protocol';
import type { ClientAccess, PinMode } from './access/client-access.ts';
import { AgentLocator, tryEach } from './agent-locator.ts';
import { type AgentRequest, askPlace } from './http-request.ts';

/** Characters of one answer at most, or of one line of an answer that goes on; an agent with 4,000 ports has 1.2 million to say. */
const maxAnswerLength = 8 * 1024 * 1024;

export interface DirectoryOptions {
  /** Who this client is to agents, and which agents it knows. */
  readonly access: ClientAccess;
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What becomes of a key that is seen for the first time; it is recorded unless said otherwise. */
  readonly pins?: PinMode | undefined;
}

/**
 * The places to try for an agent. Of several that are advertised by its name, the one that is known is taken; it still has to
 * prove it.
 *
 * @throws SercliError `host-not-found`, `agent-ambiguous`, `aborted`
 */
export function locateAgent(
  address: AgentAddress,
  { access, locator = new AgentLocator(), signal }: DirectoryOptions,
): Promise<readonly AgentPlace[]> {
  return locator.locate(address, { signal, pinOf: () => access.pinOf(address) });
}

/**
 * Asks an agent's JSON API; resolves when its answer begins. A key that is seen for the first time is recorded unless
 * `pins` says otherwise.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `agent-key-changed`, `not-an-agent`, `aborted`, and what it is
 *   refused with
 */
export async function askAgent(
  address: AgentAddress,
  path: string,
  options: DirectoryOptions & AgentRequest,
): Promise<IncomingMessage> {
  const keys = options.access.keysFor(address, options.pins ?? 'record');
  return tryEach(await locateAgent(address, options), (place) => askPlace(place, keys, path, options));
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
 * The lines of an answer that goes on; the empty ones, which say that the agent lives, are left out.
 *
 * @throws SercliError `connection-lost`
 */
export async function* answerLines(
  address: AgentAddress,
  response: IncomingMessage,
): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const text of answerText(address, response, 'line')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
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
