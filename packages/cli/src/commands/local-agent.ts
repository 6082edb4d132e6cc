import { ControlSockets, type LocalAgent } from '@sercli/client/tools';
import { SercliError } from '@sercli/protocol';

/**
 * The agent of this machine that this user may command: the only one, or the one with this name.
 *
 * @throws SercliError `usage` when there is none, or it is not clear which is meant
 */
export async function findLocalAgent(name: string | undefined): Promise<LocalAgent> {
  const agents = await new ControlSockets().list();
  const names = agents.map((agent) => agent.name).join(', ');
  const [first, ...others] = agents;
  if (first === undefined) {
    const remedy =
      'start one with "sercli agent", ask as the user who runs it (with sudo, if it is a service), or write into its authorized_clients by hand';
    throw new SercliError('usage', { what: 'no agent of this user runs on this machine', remedy });
  }
  if (name === undefined) {
    if (others.length === 0) return first;
    throw new SercliError('usage', {
      what: `several agents run here: ${names}`,
      remedy: 'name one of them with --agent',
    });
  }
  const named = agents.find((agent) => agent.name.toLowerCase() === name.toLowerCase());
  if (named !== undefined) return named;
  throw new SercliError('usage', {
    what: `no agent called ${name} runs here`,
    remedy: `give --agent one of: ${names}`,
  });
}
