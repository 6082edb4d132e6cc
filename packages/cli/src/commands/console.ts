import { homedir } from 'node:os';
import { openDevice } from '@sercli/agent';
import { defaultLineSettings, formatLineSettings, parseLineSettings, parsePortAddress } from '@sercli/protocol';
import { ConsoleSession } from '../console-session.ts';
import { endQuietlyWithoutReader, tellLine } from '../output/terminal.ts';
import { newConnections } from '../program-info.ts';

export interface ConsoleFlags {
  readonly settings?: string;
}

/** `sercli console`: a plain terminal on a port of an agent, or on a serial port of this machine given by its path. */
export async function runConsole(text: string, flags: ConsoleFlags): Promise<void> {
  endQuietlyWithoutReader();
  const change = flags.settings === undefined ? {} : parseLineSettings(flags.settings);
  const link = /^[./~]/.test(text)
    ? await openDevice(text.replace(/^~(?=\/)/, homedir()), { ...defaultLineSettings, ...change })
    : await newConnections().open(parsePortAddress(text), change);
  if (process.stdin.isTTY) tellLine(`${text} (${formatLineSettings(link.settings)}); Ctrl-] leaves`);
  const error = await new ConsoleSession(link, process.stdin, process.stdout).ended;
  if (error !== undefined) throw error;
}
