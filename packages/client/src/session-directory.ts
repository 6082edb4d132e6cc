import { type AgentAddress, parseSessionList, type SessionList, sessionListPath } from '@sercli/protocol';
import { type DirectoryOptions, readAnswer } from './agent-answer.ts';

/**
 * Asks an agent who uses its ports.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `agent-key-changed`, `not-authorized`, `not-an-agent`,
 *   `connection-lost`, `aborted`
 */
export function listSessions(address: AgentAddress, options: DirectoryOptions): Promise<SessionList> {
  return readAnswer(address, sessionListPath, parseSessionList, options);
}
