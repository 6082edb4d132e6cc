import { homedir } from 'node:os';
import { openDevice } from '@sercli/agent';
import { closeInTime } from '@sercli/client';
import { defaultLineSettings, formatLineSettings, parseLineSettings, parsePortAddress } from '@sercli/protocol';
import { ConsoleSession } from '../console-session.ts';
import { endQuietlyWithoutReader, tellLine } from '../output/terminal.ts';
import { newConnections } from '../program-info.ts';
import { untilInterrupted } from './interruption.ts';
import { parseSessionFlags, type SessionFlags } from './session-flags.ts';

export interface ConsoleFlags extends SessionFlags {
  readonly settings?: string;
}

/** `sercli console`: a plain terminal on a port of an agent, or on a serial port of this machine given by its path. */
export async function runConsole(text: string, flags: ConsoleFlags): Promise<void> {
  endQuietlyWithoutReader();
  const change = flags.settings === undefined ? {} : parseLineSettings(flags.settings);
  const link = /^[./~]/.test(text)
    ? await openDevice(text.replace(/^~(?=\/)/, homedir()), { ...defaultLineSettings, ...change })
    : await newConnections().open(parsePortAddress(text), { settings: change, ...parseSessionFlags(flags) });
  const role = link.hasControl ? '' : ', only watching';
  if (process.stdin.isTTY) tellLine(`${text} (${formatLineSettings(link.settings)}${role}); Ctrl-] leaves`);
  // The terminal is in raw mode: a line needs its carriage return.
  const tell = (what: string): void => void process.stderr.write(`\r\n[${text}: ${what}]\r\n`);
  const { ended } = new ConsoleSession(link, { input: process.stdin, output: process.stdout, tell });
  // Told to end, it takes leave: an agent keeps the session of a client that vanishes.
  untilInterrupted().addEventListener('abort', () => void closeInTime(link), { once: true });
  const error = await ended;
  if (error !== undefined) throw error;
}
