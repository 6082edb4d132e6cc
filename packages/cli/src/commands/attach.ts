import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type AttachmentConfig, readConfig, ServiceNotifier, silentLogger } from '@sercli/agent';
import { Attachment, type AttachmentOptions } from '@sercli/client/tools';
import { type PortAddress, parseLineSettings, parsePortAddress, SercliError } from '@sercli/protocol';
import { AttachmentReport } from '../output/attachment-report.ts';
import { newAccess, newConnections } from '../program-info.ts';
import { aborted, untilInterrupted } from './interruption.ts';
import { parseDuration, parseSessionFlags, type SessionFlags } from './session-flags.ts';

export interface AttachFlags extends SessionFlags {
  readonly config?: string;
  readonly link?: string;
  readonly settings?: string;
  readonly fixedSettings?: true;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly waitSlave?: true;
  readonly grace?: string;
  readonly once?: true;
  readonly retry?: true;
  readonly wait: boolean;
  readonly json?: true;
}

/** One port to attach. */
interface Wanted {
  readonly address: PortAddress;
  readonly options: AttachmentOptions & { readonly link: string };
}

/** `sercli attach`: makes virtual ports and keeps them until it is asked to end. */
export async function runAttach(texts: readonly string[], flags: AttachFlags): Promise<void> {
  const wanted = [...(await fromConfig(flags.config)), ...fromFlags(texts, flags)];
  if (wanted.length === 0) {
    throw new SercliError('usage', {
      what: 'no port is named',
      remedy: 'give addresses, or --config with attachments',
    });
  }
  refuseSameLinks(wanted.map(({ options }) => options.link));
  const notifier = new ServiceNotifier(silentLogger);
  const isOver = untilInterrupted();
  const report = new AttachmentReport(flags.json === true);
  // As a service there is nobody to start it again by hand.
  const isPatient = flags.retry === true || notifier.isService;
  if (isPatient) notifier.ready('attaching');
  const attachments = await startAll(wanted, { isPatient, waits: flags.wait, isOver, report });
  try {
    notifier.ready(`${attachments.length} ports attached`);
    const ended = await Promise.race([aborted(isOver), allEnded(attachments)]);
    if (ended instanceof SercliError) throw ended;
  } finally {
    notifier.stopping();
    await Promise.all(attachments.map((attachment) => attachment.close()));
    report.close();
  }
}

/** All of them or none: the first that fails ends those that are there and those still under way. */
async function startAll(
  wanted: readonly Wanted[],
  {
    isOver,
    report,
    ...patience
  }: { isPatient: boolean; waits: boolean; isOver: AbortSignal; report: AttachmentReport },
): Promise<Attachment[]> {
  const connections = newConnections(newAccess((event) => report.access(event)));
  const giveUp = new AbortController();
  const signal = AbortSignal.any([isOver, giveUp.signal]);
  // Each attachment listens to it, and there are as many as the user wants: no leak, as Node would warn.
  setMaxListeners(0, signal);
  const starts = wanted.map(async ({ address, options }) => {
    const told: AttachmentOptions['told'] = (event) => report.event(address, event);
    try {
      const attachment = await Attachment.start(address, connections, { ...options, ...patience, signal, told });
      report.ready(attachment);
      return attachment;
    } catch (error) {
      if (!giveUp.signal.aborted) giveUp.abort(error);
      throw error;
    }
  });
  const outcomes = await Promise.allSettled(starts);
  const attachments = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (!signal.aborted) return attachments;
  await Promise.all(attachments.map((attachment) => attachment.close()));
  report.close();
  // Asked to end while still connecting: that is no failure.
  if (isOver.aborted) return [];
  throw giveUp.signal.reason;
}

/** `~/dev/NAME`: a folder of one's own, where nobody needs root to make a link. */
function defaultLink({ port }: PortAddress): string {
  return join(homedir(), 'dev', port);
}

async function fromConfig(path: string | undefined): Promise<Wanted[]> {
  const config = path === undefined ? undefined : await readConfig(path);
  return (config?.attachments ?? []).map(({ address, ...options }: AttachmentConfig) => ({
    address,
    options: { ...options, link: options.link ?? defaultLink(address) },
  }));
}

function fromFlags(texts: readonly string[], flags: AttachFlags): Wanted[] {
  const addresses = texts.map(parsePortAddress);
  if (flags.link !== undefined && addresses.length !== 1) {
    const what = `--link names one path, and ${addresses.length} ports are to be attached`;
    throw new SercliError('usage', { what, remedy: 'attach them one by one, or leave --link out' });
  }
  const shared = {
    settings: flags.settings === undefined ? {} : parseLineSettings(flags.settings),
    isFixed: flags.fixedSettings === true,
    ...parseSessionFlags(flags),
    isOnDemand: flags.waitSlave === true,
    isOnce: flags.once === true,
    graceMs: flags.grace === undefined ? undefined : parseDuration(flags.grace),
    mode: flags.mode === undefined ? undefined : parseMode(flags.mode),
    owner: flags.owner,
    group: flags.group,
  };
  return addresses.map((address) => ({
    address,
    options: { ...shared, link: resolve(flags.link ?? defaultLink(address)) },
  }));
}

function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new SercliError('usage', {
    what: `--mode "${text}" is not a file mode`,
    remedy: 'give three octal digits, as 0660',
  });
}

function refuseSameLinks(links: readonly string[]): void {
  const twice = links.find((link, index) => links.indexOf(link) !== index);
  if (twice === undefined) return;
  const remedy = 'attach them by two commands, with --link';
  throw new SercliError('usage', { what: `two ports would have the link ${twice}`, remedy });
}

/** The first error that ended an attachment, or nothing when all have ended without one. */
async function allEnded(attachments: readonly Attachment[]): Promise<SercliError | undefined> {
  const errors = await Promise.all(attachments.map((attachment) => attachment.ended));
  return errors.find((error) => error !== undefined);
}
