import { unlinkSync, writeFileSync } from 'node:fs';
import {
  discoveryOnDemand,
  type ImportedSer2net,
  importSer2net,
  type Logger,
  machineFiles,
  Ser2netServer,
  syslogLogger,
} from '@sercli/agent';
import { reasonOf, SercliError } from '@sercli/protocol';
import { makeLogger } from '../output/log.ts';
import { printLine } from '../output/terminal.ts';
import { software } from '../program-version.ts';
import { aborted, untilInterrupted } from './interruption.ts';
import { isDaemon, leaveTerminal, tellStarted } from './ser2net-daemon.ts';
import { ser2netTexts } from './ser2net-texts.ts';

/** The version of ser2net whose options and files are understood; programs that start ser2net ask for it. */
const spokenVersion = '4.6.0';

export interface Ser2netFlags {
  readonly c?: string;
  readonly C: readonly string[];
  readonly Y: readonly string[];
  readonly n?: true;
  readonly d?: true;
  readonly u?: true;
  readonly p?: string;
  readonly P?: string;
  readonly s?: string;
  readonly v?: true;
}

/** `sercli ser2net`: serves as ser2net(8) does, with its options and files. */
export async function runSer2net(flags: Ser2netFlags): Promise<void> {
  if (flags.v) return printLine(`ser2net version ${spokenVersion}`);
  const isForeground = flags.n === true || flags.d === true;
  const first = read(flags);
  if (!isForeground && !isDaemon()) return leaveTerminal(flags);
  const logger = isDaemon() ? syslogLogger('ser2net') : await makeLogger(false, flags.d ? 'debug' : 'info');
  const server = new Ser2netServer({ logger, discovery: discoveryOnDemand, software });
  // A SIGHUP that comes while it starts is answered when it has.
  let serving = serve(server, first, flags, logger);
  const isOver = untilInterrupted(() => {
    serving = serving.then(() => reload(server, flags, logger));
  });
  await serving;
  const { P: pidFile } = flags;
  if (pidFile !== undefined) writePid(pidFile);
  tellStarted();
  await aborted(isOver);
  await server.close();
  if (pidFile !== undefined) removePid(pidFile);
}

function read(flags: Ser2netFlags): ImportedSer2net {
  const texts = ser2netTexts({ config: flags.c, lines: flags.C, yaml: flags.Y, signature: flags.s });
  return importSer2net(texts, machineFiles, { takesLockFiles: flags.u !== true });
}

async function serve(
  server: Ser2netServer,
  imported: ImportedSer2net,
  flags: Ser2netFlags,
  logger: Logger,
): Promise<void> {
  const file = flags.c ?? 'ser2net.yaml';
  for (const { file: where, line, what, problem } of imported.notes) {
    logger.warn({ file: where, line }, `${where} line ${line}: ${what} ${problem}`);
  }
  if (flags.p !== undefined) {
    logger.warn({}, `-p ${flags.p}: there is no admin interface; who comes and goes is logged`);
  }
  await server.serve(imported.yaml, file);
  if (imported.ports === 0) logger.error({}, 'no connection is served; correct the configuration and send a SIGHUP');
}

/** A file with errors changes nothing. */
async function reload(server: Ser2netServer, flags: Ser2netFlags, logger: Logger): Promise<void> {
  try {
    await serve(server, read(flags), flags, logger);
    logger.info({}, 'read the configuration again; ports that are in use change when their clients have left');
  } catch (error) {
    logger.error({}, `kept the ports as they were: ${reasonOf(error)}`);
  }
}

function writePid(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`);
  } catch (error) {
    const remedy = 'give another path with -P';
    throw new SercliError('state-unusable', { path, reason: reasonOf(error), remedy }, { cause: error });
  }
}

function removePid(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody has removed it, or its directory is not ours any more.
  }
}
