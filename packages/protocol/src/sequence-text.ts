import { SercliError } from './errors.ts';
import { defaultLimits } from './limits.ts';
import type { SequenceStep } from './modem-lines.ts';

/**
 * The name of a line sequence in a configuration. No sequence looks like one: it has an equals sign, or begins with a digit.
 */
export const sequenceNamePattern: RegExp = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

const msPerUnit: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

type Change = { -readonly [Key in keyof SequenceStep]?: SequenceStep[Key] };

/** A word of a sequence, and where it begins, counted from 1. */
interface Word {
  readonly text: string;
  readonly place: number;
}

/**
 * Reads a line sequence: words with blanks between them, each of which sets lines together or waits.
 *
 *     sequence = word *(blank word)
 *     word     = setting *("," setting) / time
 *     setting  = ("dtr" / "rts" / "break") "=" ("on" / "off")
 *     time     = number ("us" / "ms" / "s")
 *
 *     dtr=off,rts=on 100ms dtr=on,rts=off 50ms dtr=off
 *
 * Case does not matter. A break that is begun is ended in the same sequence.
 *
 * @throws SercliError `bad-sequence`, whose reason tells the place
 */
export function parseSequence(text: string): readonly SequenceStep[] {
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }): Word => ({ text: word, place: index + 1 }));
  const steps: Change[] = [];
  for (const word of words) {
    const waitMs = parseTime(word, text);
    const last = steps.at(-1);
    if (waitMs === undefined) steps.push(parseSettings(word, text));
    else if (last === undefined || last.waitMs !== undefined) steps.push({ waitMs });
    else last.waitMs = waitMs;
  }
  if (steps.length === 0) throw badSequence(text, 'it is empty');
  const { sequenceSteps } = defaultLimits;
  if (steps.length > sequenceSteps)
    throw badSequence(text, `it has ${steps.length} steps, and ${sequenceSteps} at most`);
  if (steps.findLast((step) => step.break !== undefined)?.break) throw badSequence(text, 'its break is never ended');
  return steps;
}

/** Writes a sequence as `parseSequence` reads it. */
export function formatSequence(steps: readonly SequenceStep[]): string {
  return steps.flatMap(wordsOf).join(' ');
}

function wordsOf({ waitMs, ...lines }: SequenceStep): string[] {
  const settings = Object.entries(lines).map(([line, isOn]) => `${line}=${isOn ? 'on' : 'off'}`);
  return [...(settings.length === 0 ? [] : [settings.join(',')]), ...(waitMs === undefined ? [] : [`${waitMs}ms`])];
}

function parseTime({ text: word, place }: Word, text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(us|ms|s)$/i.exec(word);
  if (match === null) return undefined;
  const [, number, unit = ''] = match;
  const waitMs = inMicroseconds(Number(number) * (msPerUnit[unit.toLowerCase()] ?? 0));
  const { stepWaitMs } = defaultLimits;
  if (waitMs <= stepWaitMs) return waitMs;
  throw badSequence(text, `"${word}" at character ${place} is longer than ${stepWaitMs / 1000}s`);
}

/** The same time, in milliseconds, without what is less than a microsecond. */
function inMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function parseSettings({ text: word, place }: Word, text: string): Change {
  const step: Change = {};
  let at = place;
  for (const part of word.split(',')) {
    const line = parseSetting(part, at, text, step);
    step[line] = /=on$/i.test(part);
    at += part.length + 1;
  }
  return step;
}

function parseSetting(part: string, place: number, text: string, before: Change): 'dtr' | 'rts' | 'break' {
  const name = /^(dtr|rts|break)=(?:on|off)$/i.exec(part)?.[1]?.toLowerCase();
  const line = (['dtr', 'rts', 'break'] as const).find((known) => known === name);
  if (line === undefined) throw badSequence(text, `"${part}" at character ${place} sets no line and is no time`);
  if (before[line] === undefined) return line;
  throw badSequence(text, `"${part}" at character ${place} sets ${line} a second time at once`);
}

function badSequence(sequence: string, reason: string): SercliError {
  return new SercliError('bad-sequence', { sequence, reason });
}
