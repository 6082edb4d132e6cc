import type { IncomingMessage } from 'node:http';
import { type AgentPlace, type DialKeys, parseRefusal } from '@sercli/link';
import {
  type AgentAddress,
  type PortList,
  parsePortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  SercliError,
} from '@sercli/protocol';
import { answerLines, askAgent, type DirectoryOptions, parseAnswer, readAnswer } from './agent-answer.ts';
import { askPlace } from './http-request.ts';

/** An agent that told no list and gave no sign of life for so long counts as gone, in milliseconds. */
const silentMs = 2.2 * portWatchBeatMs;

/**
 * Asks an agent for its ports.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `agent-key-changed`, `not-authorized`, `not-an-agent`,
 *   `connection-lost`, `aborted`
 */
export function listPorts(address: AgentAddress, options: DirectoryOptions): Promise<PortList> {
  return readAnswer(address, portListPath, parsePortList, options);
}

/**
 * The ports of an agent, at once and again whenever something about them has changed. Ends when the signal is aborted.
 *
 * @throws SercliError what `listPorts` throws, also when this client loses its rights meanwhile, and `connection-lost` when
 *   the agent goes away
 */
export async function* watchPorts(
  address: AgentAddress,
  options: DirectoryOptions,
): AsyncGenerator<PortList, void, void> {
  yield* portLists(address, await askAgent(address, portWatchPath, options), options.signal);
}

/** As `watchPorts`, of the agent at one place. */
export async function* watchPlace(
  place: AgentPlace,
  keys: DialKeys,
  signal: AbortSignal,
): AsyncGenerator<PortList, void, void> {
  yield* portLists(place, await askPlace(place, keys, portWatchPath, { signal }), signal);
}

async function* portLists(
  address: AgentAddress,
  response: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<PortList, void, void> {
  response.socket.setTimeout(silentMs, () => response.destroy(new Error(`it said nothing for ${silentMs / 1000} s`)));
  try {
    for await (const line of answerLines(address, response)) {
      const refusal = parseAnswer(address, line, parseRefusal);
      if (refusal !== undefined) throw refusal;
      yield parseAnswer(address, line, parsePortList);
    }
  } catch (error) {
    if (signal?.aborted) return;
    throw error;
  }
  throw new SercliError('connection-lost', { host: address.host, reason: 'the agent ended it' });
}
