import {
  type ClientAccess,
  lookAtKey,
  newKnownAgent,
  parseFullFingerprint,
  shownFingerprint,
} from '@sercli/client/tools';
import { type AgentAddress, formatAgentAddress, parseAgentAddress, SercliError, shellWord } from '@sercli/protocol';
import { canAsk, isConfirmed } from '../output/confirmation.ts';
import { formatKnownAgents, knownAgentsToJson } from '../output/known-agent-table.ts';
import { endQuietlyWithoutReader, printJson, printLine, tellLine } from '../output/terminal.ts';
import { newAccess, newLocator } from '../program-info.ts';
import { untilInterrupted } from './interruption.ts';

export interface TrustFlags {
  readonly remove?: true;
  readonly json?: true;
}

/** `sercli trust`: lists the agents that this user knows, makes one known by its key, or forgets one. */
export async function runTrust(
  host: string | undefined,
  fingerprint: string | undefined,
  flags: TrustFlags,
): Promise<void> {
  endQuietlyWithoutReader();
  refuseContradiction(host, fingerprint, flags);
  const access = newAccess();
  const known = access.knownAgents;
  const said = host === undefined ? formatKnownAgents(known) : [await change(access, host, fingerprint, flags)];
  if (flags.json) printJson(knownAgentsToJson(known));
  else said.forEach(printLine);
}

function refuseContradiction(host: string | undefined, fingerprint: string | undefined, { remove }: TrustFlags): void {
  if (remove && host === undefined) {
    throw new SercliError('usage', {
      what: '--remove forgets an agent',
      remedy: 'say which: sercli trust HOST --remove',
    });
  }
  if (remove && fingerprint !== undefined) {
    const what = 'a fingerprint makes an agent known, and --remove forgets one';
    throw new SercliError('usage', { what, remedy: 'give one of them' });
  }
}

/** @returns what holds now */
async function change(
  access: ClientAccess,
  text: string,
  fingerprint: string | undefined,
  { remove }: TrustFlags,
): Promise<string> {
  const address = parseAgentAddress(text);
  const host = nameOf(address);
  const known = access.knownAgents;
  if (remove) {
    const wasKnown = await known.remove(address.host, address.tcpPort);
    return wasKnown ? `${host} is forgotten; its key is taken at the next use` : `${host} was not known`;
  }
  const before = known.find(address.host, address.tcpPort);
  const key = await chooseKey(access, address, fingerprint);
  if (before?.fingerprint !== key) {
    const agent = newKnownAgent(address, key);
    await known.replace(before?.note === undefined ? agent : { ...agent, note: before.note });
  }
  return `${host} is known by ${shownFingerprint(key)}`;
}

/** The full fingerprint that the agent is to be known by. */
async function chooseKey(access: ClientAccess, address: AgentAddress, text: string | undefined): Promise<string> {
  const full = text === undefined ? undefined : parseFullFingerprint(text);
  if (full !== undefined) return full;
  const wanted = text === undefined ? undefined : parseShown(text);
  const key = await lookAtKey(address, { access, locator: newLocator(), signal: untilInterrupted() });
  if (wanted === undefined) await confirm(access, address, key);
  else if (!key.startsWith(wanted)) {
    const what = `${nameOf(address)} has the key ${shownFingerprint(key)}, and not ${shownFingerprint(wanted)}`;
    const remedy = `compare with what "sercli identity" says on ${address.host}; somebody may stand in between`;
    throw new SercliError('usage', { what, remedy });
  }
  return key;
}

/** The 16 characters that people compare, as the beginning of a full fingerprint. */
function parseShown(text: string): string {
  const plain = text.replaceAll('-', '').toUpperCase();
  if (/^[A-Z2-7]{16}$/.test(plain)) return plain;
  const remedy = 'give the 16 characters that "sercli identity" shows there, or all 52';
  throw new SercliError('usage', { what: `"${text}" is no fingerprint`, remedy });
}

/** @throws SercliError `usage` where nobody can be asked, `aborted` when the answer is no */
async function confirm(access: ClientAccess, address: AgentAddress, key: string): Promise<void> {
  const host = nameOf(address);
  const before = access.pinOf(address);
  if (before === key) return;
  if (!canAsk()) {
    const what = `${host} has the key ${shownFingerprint(key)}, and there is no terminal to ask whether that is right`;
    throw new SercliError('usage', { what, remedy: `if it is, run: sercli trust ${shellWord(host)} ${key}` });
  }
  if (before !== undefined) tellLine(`${host} was known by ${shownFingerprint(before)}`);
  tellLine(`${host} shows the key  ${shownFingerprint(key)}      (compare with: sercli identity, on ${address.host})`);
  if (await isConfirmed('Is that its key?')) return;
  throw new SercliError('aborted', { what: `trusting ${host}` });
}

function nameOf(address: AgentAddress): string {
  return formatAgentAddress({ ...address, carrier: 'stream' });
}
