import { homedir } from 'node:os';
import { openDevice } from '@sercli/agent';
import { closeInTime, type SerialLink, type SessionEvent } from '@sercli/client/tools';
import {
  defaultLineSettings,
  formatLineSettings,
  hasLineSettings,
  type LineSettingsChange,
  parseLineSettings,
  parsePortAddress,
} from '@sercli/protocol';
import { ConsoleSession } from '../console-session.ts';
import { AdmissionReport, waitingText } from '../output/admission-report.ts';
import { differenceText } from '../output/settings-difference.ts';
import { endQuietlyWithoutReader, tellLine } from '../output/terminal.ts';
import { newAccess, newConnections } from '../program-info.ts';
import { untilInterrupted } from './interruption.ts';
import { parseSessionFlags, type SessionFlags } from './session-flags.ts';

export interface ConsoleFlags extends SessionFlags {
  readonly settings?: string;
  readonly wait: boolean;
}

/** `sercli console`: a plain terminal on a port of an agent, or on a serial port of this machine given by its path. */
export async function runConsole(text: string, flags: ConsoleFlags): Promise<void> {
  endQuietlyWithoutReader();
  const isOver = untilInterrupted();
  const link = await open(text, flags, isOver);
  if (link === undefined) return;
  const role = link.hasControl ? '' : ', only watching';
  if (process.stdin.isTTY) tellLine(`${text} (${formatLineSettings(link.settings)}${role}); Ctrl-] leaves`);
  const change = parseSettings(flags);
  if (link.hasControl && !hasLineSettings(link.settings, change)) {
    tellLine(`${text}: ${differenceText({ wanted: { ...link.settings, ...change }, settings: link.settings })}`);
  }
  const { ended } = new ConsoleSession(link, {
    input: process.stdin,
    output: process.stdout,
    tell: (what) => tellBetween(text, what),
  });
  // Told to end, it takes leave: an agent keeps the session of a client that vanishes.
  isOver.addEventListener('abort', () => void closeInTime(link), { once: true });
  const error = await ended;
  if (error !== undefined) throw error;
}

/** Undefined when the user gave up before the port was open. */
async function open(text: string, flags: ConsoleFlags, signal: AbortSignal): Promise<SerialLink | undefined> {
  const change = parseSettings(flags);
  if (/^[./~]/.test(text)) {
    return openDevice(text.replace(/^~(?=\/)/, homedir()), { ...defaultLineSettings, ...change });
  }
  const request = { settings: change, ...parseSessionFlags(flags) };
  const ifUnknown = flags.wait ? 'wait' : 'ask';
  const told = sessionTeller(text);
  try {
    return await newConnections(newAccess()).open(parsePortAddress(text), request, { signal, ifUnknown, told });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function parseSettings({ settings }: ConsoleFlags): LineSettingsChange {
  return settings === undefined ? {} : parseLineSettings(settings);
}

function sessionTeller(text: string): (event: SessionEvent) => void {
  const report = new AdmissionReport();
  return (event) => {
    if (event.kind === 'key-changed') return tellBetween(text, `somebody else answers: ${event.error.message}`);
    const isTold = event.kind === 'waiting-for-authorization';
    const lines = isTold ? report.waiting(text, event.agentName, event.fingerprint) : report.authorized(text);
    for (const line of isTold && lines.length > 0 ? [...lines, waitingText] : lines) tellLine(line);
  };
}

/** Says something between what the port says. The terminal is in raw mode: a line needs its carriage return. */
function tellBetween(text: string, what: string): void {
  process.stderr.write(`\r\n[${text}: ${what}]\r\n`);
}
