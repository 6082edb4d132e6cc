import {
  type AgentAddress,
  type PortList,
  parsePortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  SercliError,
} from '@sercli/protocol';
import { answerText, askAgent, type DirectoryOptions, parseAnswer, readAnswer } from './agent-answer.ts';

/** An agent that told no list and gave no sign of life for so long counts as gone, in milliseconds. */
const silentMs = 2.2 * portWatchBeatMs;

/**
 * Asks an agent for its ports.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `connection-lost`, `aborted`
 */
export function listPorts(address: AgentAddress, options: DirectoryOptions = {}): Promise<PortList> {
  return readAnswer(address, portListPath, parsePortList, options);
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
  const response = await askAgent(address, portWatchPath, options);
  response.socket.setTimeout(silentMs, () => response.destroy(new Error(`it said nothing for ${silentMs / 1000} s`)));
  let rest = '';
  try {
    for await (const text of answerText(address, response, 'line')) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield parseAnswer(address, line, parsePortList);
    }
  } catch (error) {
    if (options.signal?.aborted) return;
    throw error;
  }
  throw new SercliError('connection-lost', { host: address.host, reason: 'the agent ended it' });
}
