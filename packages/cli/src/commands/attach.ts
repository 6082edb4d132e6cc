import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Attachment, type AttachmentEvent } from '@sercli/client';
import {
  type LineSettingsChange,
  type PortAddress,
  parseLineSettings,
  parsePortAddress,
  SercliError,
} from '@sercli/protocol';
import { AttachmentReport } from '../output/attachment-report.ts';
import { newConnections } from '../program-info.ts';
import { aborted, untilInterrupted } from './interruption.ts';

export interface AttachFlags {
  readonly link?: string;
  readonly settings?: string;
  readonly fixedSettings?: true;
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly waitSlave?: true;
  readonly once?: true;
  readonly json?: true;
}

/** `sercli attach`: makes virtual ports and keeps them until it is asked to end. */
export async function runAttach(texts: readonly string[], flags: AttachFlags): Promise<void> {
  const addresses = texts.map(parsePortAddress);
  if (flags.link !== undefined && addresses.length > 1) {
    const what = `--link names one path, and ${addresses.length} ports are to be attached`;
    throw new SercliError('usage', { what, remedy: 'attach them one by one, or leave --link out' });
  }
  const links = addresses.map((address) => resolve(flags.link ?? defaultLink(address)));
  refuseSameLinks(links);
  const options = attachmentOptions(flags);
  const isOver = untilInterrupted();
  const report = new AttachmentReport(flags.json === true);
  const connections = newConnections();
  const attachments: Attachment[] = [];
  try {
    await Promise.all(
      addresses.map(async (address, index) => {
        const told = (event: AttachmentEvent): void => report.event(address, event);
        const link = links[index];
        const attachment = await Attachment.start(address, connections, { ...options, link, signal: isOver, told });
        attachments.push(attachment);
        report.ready(attachment);
      }),
    );
    const ended = await Promise.race([aborted(isOver), allEnded(attachments)]);
    if (ended instanceof SercliError) throw ended;
  } catch (error) {
    // Asked to end while still connecting: that is no failure.
    if (!isOver.aborted) throw error;
  } finally {
    await Promise.all(attachments.map((attachment) => attachment.close()));
    report.close();
  }
}

/** `~/dev/NAME`: a folder of one's own, where nobody needs root to make a link. */
export function defaultLink({ port }: PortAddress): string {
  return join(homedir(), 'dev', port);
}

function attachmentOptions(flags: AttachFlags) {
  const settings: LineSettingsChange = flags.settings === undefined ? {} : parseLineSettings(flags.settings);
  return {
    settings,
    isFixed: flags.fixedSettings === true,
    isOnDemand: flags.waitSlave === true,
    isOnce: flags.once === true,
    mode: flags.mode === undefined ? undefined : parseMode(flags.mode),
    owner: flags.owner,
    group: flags.group,
  };
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
