import { Agent, parsePortSpec } from '@sercli/agent';
import { parseListenAddress, SercliError } from '@sercli/protocol';
import { makeLogger } from '../output/log.ts';
import { printJson } from '../output/terminal.ts';
import { software } from '../program-info.ts';
import { aborted, untilInterrupted } from './interruption.ts';

export interface AgentFlags {
  readonly name?: string;
  readonly port: readonly string[];
  readonly all?: true;
  readonly listen: readonly string[];
  readonly open?: true;
  readonly keepOpen?: true;
  readonly linger: string;
  readonly json?: true;
}

/** `sercli agent`: serves until it is asked to end. */
export async function runAgent(flags: AgentFlags): Promise<void> {
  const isOver = untilInterrupted();
  const agent = await Agent.start({
    name: flags.name,
    ports: flags.port.map(parsePortSpec),
    all: flags.all,
    listen: flags.listen.map(parseListenAddress),
    open: flags.open,
    policy: { keepOpen: flags.keepOpen === true, lingerMs: parseMilliseconds(flags.linger) },
    software,
    logger: await makeLogger(flags.json === true),
  });
  if (flags.json) printJson({ event: 'listening', name: agent.name, addresses: agent.addresses });
  await aborted(isOver);
  await agent.close();
}

function parseMilliseconds(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms >= 0 && ms <= 86_400_000) return ms;
  throw new SercliError('usage', {
    what: `--linger "${text}" is no number of milliseconds`,
    remedy: 'give 0 to 86400000',
  });
}
