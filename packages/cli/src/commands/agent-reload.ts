import { ControlSockets, reloadAgent } from '@sercli/client/tools';
import { SercliError, toSercliError } from '@sercli/protocol';
import { tellFailure } from '../output/failure.ts';
import { printLine } from '../output/terminal.ts';

/** `sercli agent reload`: the agents of this machine whose sockets this user may open read their configuration again. */
export async function runAgentReload(): Promise<void> {
  const agents = await new ControlSockets().list();
  if (agents.length === 0) {
    const remedy = 'start one with "sercli agent", or ask as the user who runs it';
    throw new SercliError('usage', { what: 'no agent of this user runs on this machine', remedy });
  }
  const failures: SercliError[] = [];
  for (const agent of agents) {
    try {
      const { file } = await reloadAgent(agent);
      printLine(`${agent.name} ${file === undefined ? 'has no configuration file' : `has read ${file} again`}`);
    } catch (error) {
      failures.push(toSercliError(error));
    }
  }
  const [first, ...others] = failures;
  others.forEach(tellFailure);
  if (first !== undefined) throw first;
}
