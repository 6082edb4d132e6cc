import type { IncomingMessage } from 'node:http';
import {
  type AgentAddress,
  formatPlace,
  type PortList,
  parsePortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  reasonOf,
  SercliError,
} from '@sercli/protocol';
import { AgentLocator, tryEach } from './agent-locator.ts';
import { getFromAgent } from './http-request.ts';

/** Bytes of a port list at most; an agent with 4,000 ports has 1.2 MB to say. */
const maxListBytes = 8 * 1024 * 1024;

/** An agent that told no list and gave no sign of life for so long counts as gone, in milliseconds. */
const silentMs = 2.2 * portWatchBeatMs;

export interface DirectoryOptions {
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks an agent for its ports.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`
 */
export async function listPorts(address: AgentAddress, options: DirectoryOptions = {}): Promise<PortList> {
  const response = await ask(address, portListPath, options);
  let body = '';
  for await (const text of boundedText(address, response)) body += text;
  return parseList(address, body);
}

/**
 * The ports of an agent, at once and again whenever something about them has changed. Ends when the signal is aborted.
 *
 * @throws SercliError what `listPorts` throws, and `connection-lost` when the agent goes away
 */
export async function* watchPorts(
  address: AgentAddress,
  options: DirectoryOptions = {},
): AsyncGenerator<PortList, void, void> {
  const response = await ask(address, portWatchPath, options);
  response.socket.setTimeout(silentMs, () => response.destroy(new Error(`it said nothing for ${silentMs / 1000} s`)));
  let rest = '';
  try {
    for await (const text of boundedText(address, response)) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield parseList(address, line);
    }
  } catch (error) {
    if (options.signal?.aborted) return;
    throw error;
  }
  throw new SercliError('connection-lost', { host: address.host, reason: 'the agent ended it' });
}

async function ask(
  address: AgentAddress,
  path: string,
  { locator = new AgentLocator(), signal }: DirectoryOptions,
): Promise<IncomingMessage> {
  return tryEach(await locator.locate(address, signal), (place) => getFromAgent(place, path, signal));
}

async function* boundedText(address: AgentAddress, response: IncomingMessage): AsyncGenerator<string, void, void> {
  response.setEncoding('utf8');
  let bytes = 0;
  try {
    for await (const text of response) {
      bytes = String(text).includes('\n') ? 0 : bytes + String(text).length;
      if (bytes > maxListBytes) throw new Error(`its port list is longer than ${maxListBytes} bytes`);
      yield String(text);
    }
  } catch (cause) {
    throw new SercliError('connection-lost', { host: address.host, reason: reasonOf(cause) }, { cause });
  } finally {
    response.destroy();
  }
}

function parseList(address: AgentAddress, json: string): PortList {
  try {
    return parsePortList(json);
  } catch (cause) {
    const { host, tcpPort } = address;
    const reason = `its port list is unreadable: ${reasonOf(cause)}`;
    throw new SercliError('not-an-agent', { place: formatPlace(host, tcpPort), reason }, { cause });
  }
}
