import * as v from 'valibot';
import { portNamePattern } from '../address.ts';
import { SercliError } from '../errors.ts';
import { flowControls, lineSettingKeys, maxBaudRate, parities } from '../line-settings.ts';
import type { SessionRequest } from './connector-session.ts';
import { lineSettingsChange } from './messages/fields.ts';
import { openSchema } from './messages/open.ts';
import { type PortRequest, requestSchema, sequenceStep } from './messages/request.ts';

/*
 * What a program asks for is held against what peers take, before it is sent: a peer that gets anything else ends the
 * connection, and with it the sessions of others. Types do not help programs in JavaScript, nor against NaN.
 */

/** What each line setting may be. */
const settingRules: Readonly<Record<string, string>> = {
  baudRate: `it is a whole number from 1 to ${maxBaudRate}`,
  dataBits: 'they are 5, 6, 7 or 8',
  parity: `it is one of ${parities.join(', ')}`,
  stopBits: 'they are 1, 1.5 or 2',
  flowControl: `it is one of ${flowControls.join(', ')}`,
};

/** What each part of a step may be. */
const stepRules: Readonly<Record<string, string>> = {
  dtr: 'write true or false',
  rts: 'write true or false',
  break: 'write true or false',
  waitMs: 'write milliseconds, from 0',
};

/** What each part of the wish for a session may be, besides its port and its settings. */
const wishRules: Readonly<Record<string, string>> = {
  role: 'write control or monitor',
  takes: 'write true or false',
  start: "write { kind: 'now' }, { kind: 'all' }, { kind: 'last', bytes } or { kind: 'since', ms }",
};

/** @throws SercliError `bad-address`, `bad-settings`, or `usage` where a session cannot be asked for so */
export function checkSessionRequest({ port, settings, ...wish }: SessionRequest): void {
  if (typeof port !== 'string' || !portNamePattern.test(port)) {
    throw new SercliError('bad-address', { address: shown(port), reason: 'it is no name of a port' });
  }
  if (settings !== undefined) checkSettings(settings);
  const wrong = wrongPart(openSchema, { port, window: 0, ...defined(wish) });
  if (wrong === undefined) return;
  const what = `${wrong} ${shown(Reflect.get(wish, wrong))} cannot be asked of ${port}`;
  throw new SercliError('usage', { what, remedy: wishRules[wrong] ?? 'leave it away' });
}

/** @throws SercliError `bad-settings`, or `usage` where a port cannot be asked so */
export function checkPortRequest(request: PortRequest): void {
  if (request.kind === 'configure') return checkSettings(request.change);
  if (request.kind === 'run-sequence') return checkSteps(request.steps);
  if (wrongPart(requestSchema, { sequence: 1, offset: 0, request }) === undefined) return;
  const what = request.kind === 'flush' ? `${shown(request.queue)} is no queue of a port` : 'this is no request';
  throw new SercliError('usage', { what, remedy: 'write received, unsent or both' });
}

function checkSettings(change: unknown): void {
  if (!isRecord(change)) throw badSettings(shown(change), 'they are an object, such as { baudRate: 9600 }');
  const given = defined(change);
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(settingRules, key));
  if (unknown !== undefined) throw badSettings(unknown, `there are ${lineSettingKeys.join(', ')}`);
  const wrong = wrongPart(lineSettingsChange, given);
  if (wrong !== undefined) throw badSettings(`${wrong} ${shown(given[wrong])}`, settingRules[wrong] ?? '');
}

function checkSteps(steps: unknown): void {
  if (!Array.isArray(steps)) {
    throw new SercliError('usage', { what: `${shown(steps)} are no steps`, remedy: 'write an array of them' });
  }
  for (const [index, step] of steps.entries()) checkStep(step, `step ${index + 1} of a line sequence`);
}

function checkStep(step: unknown, name: string): void {
  const remedy = `write an object with some of ${Object.keys(stepRules).join(', ')}`;
  if (!isRecord(step)) throw new SercliError('usage', { what: `${name} is ${shown(step)}`, remedy });
  const given = defined(step);
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(stepRules, key));
  if (unknown !== undefined) throw new SercliError('usage', { what: `${name} has ${shown(unknown)}`, remedy });
  const wrong = wrongPart(sequenceStep, given);
  if (wrong === undefined) return;
  const what = `${name} has ${wrong} ${shown(given[wrong])}`;
  throw new SercliError('usage', { what, remedy: stepRules[wrong] ?? remedy });
}

/** The part of `value` that does not fit, at its outermost. */
function wrongPart(schema: v.GenericSchema, value: Record<string, unknown>): string | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? undefined : String(result.issues[0].path?.[0]?.key ?? '');
}

/** As JSON has it: what is undefined is not said. */
function defined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

function badSettings(settings: string, reason: string): SercliError {
  return new SercliError('bad-settings', { settings, reason });
}
