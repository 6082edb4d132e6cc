import { RunningAgents } from '@sercli/agent';
import { SercliError } from '@sercli/protocol';
import { printLine } from '../output/terminal.ts';

/** `sercli agent reload`: tells the agents of this user to read their configuration again. */
export async function runAgentReload(): Promise<void> {
  const agents = await new RunningAgents().list();
  if (agents.length === 0) {
    const remedy = 'start one with --config, or use "systemctl reload sercli-agent" where it is a service';
    throw new SercliError('usage', { what: 'no agent of this user reads a configuration file', remedy });
  }
  for (const { pid, name, file } of agents) {
    process.kill(pid, 'SIGHUP');
    printLine(`${name} (process ${pid}) reads ${file} again; its log says what came of it`);
  }
}
