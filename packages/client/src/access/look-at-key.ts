import { type AgentAddress, SercliError } from '@sercli/protocol';
import { type DirectoryOptions, locateAgent } from '../agent-answer.ts';
import { tryEach } from '../agent-locator.ts';
import { askPlace } from '../http-request.ts';

/**
 * The full fingerprint of the key that an agent proves to have now. Nothing is said to it, and nothing is recorded.
 *
 * @throws SercliError `host-not-found`, `agent-ambiguous`, `agent-unreachable`, `not-an-agent`, `aborted`, and `usage` for an
 *   agent of this machine, which is reached by its socket
 */
export async function lookAtKey(address: AgentAddress, options: DirectoryOptions): Promise<string> {
  let seen: string | undefined;
  const keys = {
    identity: () => options.access.identity(),
    verify: async (fingerprint: string): Promise<void> => {
      seen = fingerprint;
      throw new SercliError('aborted', { what: `looking at the key of ${address.host}` });
    },
  };
  const places = await locateAgent(address, options);
  if (places.some(({ socketPath }) => socketPath !== undefined)) {
    const what = `${address.host} is an agent of this machine, which is reached by its socket, without keys`;
    throw new SercliError('usage', { what, remedy: 'nothing needs to be trusted there' });
  }
  try {
    await tryEach(places, (place) => askPlace(place, keys, '/', { signal: options.signal }));
  } catch (error) {
    if (seen === undefined) throw error;
  }
  if (seen === undefined) throw new SercliError('internal', { what: 'an agent was spoken to whose key was not seen' });
  return seen;
}
