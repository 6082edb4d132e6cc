import {
  Agent,
  type AgentPorts,
  type Config,
  controlDirectory,
  defaultPortPolicy,
  discoveryOnDemand,
  findConfig,
  type Logger,
  parsePortSpec,
  parseTcpFlag,
  readConfig,
  ServiceNotifier,
} from '@sercli/agent';
import { parseListenAddress, reasonOf, SercliError } from '@sercli/protocol';
import { AdmissionPrompt } from '../admission-prompt.ts';
import { canAsk } from '../output/confirmation.ts';
import { isInForeground } from '../output/foreground.ts';
import { makeLogger } from '../output/log.ts';
import { StatusLine } from '../output/status-line.ts';
import { printJson, printLine } from '../output/terminal.ts';
import { software } from '../program-version.ts';
import { aborted, untilInterrupted } from './interruption.ts';

export interface AgentFlags {
  readonly config?: string;
  readonly check?: true;
  readonly name?: string;
  readonly port: readonly string[];
  readonly all?: true;
  readonly listen: readonly string[];
  readonly tcp: readonly string[];
  readonly open?: true;
  readonly keepOpen?: true;
  readonly linger?: string;
  readonly advertise: boolean;
  readonly json?: true;
}

/** `sercli agent`: serves until it is asked to end. Flags go before the configuration file; `--port` adds to its ports. */
export async function runAgent(flags: AgentFlags): Promise<void> {
  const file = flags.config ?? (await findConfig());
  const config = file === undefined ? undefined : await readConfig(file);
  const ports = selectPorts(flags, config);
  if (flags.check) return tellChecked(config, flags.json === true);
  let prompt: AdmissionPrompt | undefined;
  const line = !flags.json && canAsk() ? new StatusLine(process.stderr, () => prompt?.question ?? '') : undefined;
  const logger = await makeLogger(flags.json === true, config?.log, line);
  const notifier = new ServiceNotifier(logger);
  let starting: Promise<Agent>;
  // A SIGHUP that comes while the agent starts is answered when it has.
  const reloadPorts = async (path: string): Promise<string> =>
    reload(await starting, path, { flags, logger, notifier });
  const isOver = untilInterrupted(file === undefined ? undefined : () => void reloadPorts(file).catch(() => undefined));
  starting = Agent.start({
    ...ports,
    name: flags.name ?? config?.name,
    listen: flags.listen.length > 0 ? flags.listen.map(parseListenAddress) : config?.listen,
    hostNames: config?.hostNames,
    open: flags.open ?? config?.open,
    software,
    controlDirectory: controlDirectory(),
    reload: file === undefined ? undefined : () => reloadPorts(file),
    discovery: flags.advertise ? discoveryOnDemand : undefined,
    logger,
  });
  const agent = await starting;
  if (flags.json) printJson({ event: 'listening', name: agent.name, addresses: agent.addresses });
  if (line !== undefined) prompt = askAt(agent, line);
  notifier.ready(statusOf(agent));
  await aborted(isOver);
  notifier.stopping();
  prompt?.close();
  await agent.close();
}

/** Asks at the terminal about clients that wait. */
function askAt(agent: Agent, line: StatusLine): AdmissionPrompt {
  const signal = (name: NodeJS.Signals): void => void process.kill(process.pid, name);
  return new AdmissionPrompt(agent.clients, { input: process.stdin, line, isInForeground, signal });
}

interface Surroundings {
  readonly flags: AgentFlags;
  readonly logger: Logger;
  readonly notifier: ServiceNotifier;
}

/** Reads the ports again; a file with errors changes nothing, and the log says so too. */
async function reload(agent: Agent, file: string, { flags, logger, notifier }: Surroundings): Promise<string> {
  notifier.reloading();
  try {
    await agent.serve(selectPorts(flags, await readConfig(file)));
    logger.info({ file }, `read ${file} again; what it says of the agent itself is for the next start`);
  } catch (error) {
    logger.error({ file }, `kept the ports as they were: ${reasonOf(error)}`);
    throw error;
  } finally {
    notifier.ready(statusOf(agent));
  }
  return file;
}

function statusOf(agent: Agent): string {
  return `listening on ${agent.addresses.join(', ')}`;
}

function selectPorts(flags: AgentFlags, config: Config | undefined): AgentPorts {
  const { keepOpen, linger } = flags;
  return {
    ports: [...(config?.ports ?? []), ...flags.port.map(parsePortSpec)],
    all: flags.all ?? config?.all,
    accepters: [...(config?.rotators ?? []), ...flags.tcp.map(parseTcpFlag)],
    logMemory: config?.logMemory,
    sequences: config?.sequences,
    policy: {
      ...defaultPortPolicy,
      ...config?.policy,
      ...(keepOpen === undefined ? {} : { keepOpen }),
      ...(linger === undefined ? {} : { lingerMs: parseMilliseconds(linger) }),
    },
  };
}

function tellChecked(config: Config | undefined, isJson: boolean): void {
  if (config === undefined) {
    const remedy = 'give its path with --config';
    throw new SercliError('usage', { what: 'there is no configuration to check', remedy });
  }
  const { file, ports, attachments } = config;
  if (isJson) printJson({ event: 'checked', file, ports: ports.length, attachments: attachments.length });
  else printLine(`${file} is right: ${ports.length} ports, ${attachments.length} attachments`);
}

function parseMilliseconds(text: string): number {
  const ms = Number(text);
  if (Number.isInteger(ms) && ms >= 0 && ms <= 86_400_000) return ms;
  throw new SercliError('usage', {
    what: `--linger "${text}" is no number of milliseconds`,
    remedy: 'give 0 to 86400000',
  });
}
