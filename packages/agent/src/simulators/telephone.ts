import { registers } from './modem-profile.ts';

/** The bulletin board's number. */
export const boardNumber = '5550100';
/** Its call-back line: busy, but it rings back. */
export const callBackNumber = '5550199';
/** From hanging up to the first ring of the call-back line. */
export const callBackMs = 5000;

/** Between two rings, in both directions (the cadence of North America: 2 s of ringing, 4 s of silence). */
export const ringEveryMs = 6000;
/** From the answer of the other modem to the carrier: the part with the whistling. */
export const handshakeMs = 3000;

/** How a call ends up, and how long after the last digit. */
export interface CallOutcome {
  readonly result: 'CONNECT' | 'BUSY' | 'NO ANSWER' | 'NO CARRIER';
  readonly afterMs: number;
}

/** What happens when a number is dialled: the same each time. */
export function placeCall(digits: string, carrierSeconds: number): CallOutcome {
  const number = digits.replace(/[^0-9]/g, '');
  const patienceMs = carrierSeconds * 1000;
  if (number.endsWith(boardNumber)) return { result: 'CONNECT', afterMs: 2000 + handshakeMs };
  if (number.endsWith(callBackNumber)) return { result: 'BUSY', afterMs: 1500 };
  const sum = [...number].reduce((total, digit) => total + Number(digit), 0);
  const outcomes: readonly CallOutcome[] = [
    { result: 'BUSY', afterMs: 1500 },
    { result: 'NO ANSWER', afterMs: Math.min(patienceMs, 5 * ringEveryMs) },
    // Somebody says "Hello? Hello?" and puts the receiver down.
    { result: 'NO CARRIER', afterMs: Math.min(patienceMs, 8000) },
  ];
  return outcomes[sum % outcomes.length] ?? { result: 'NO CARRIER', afterMs: patienceMs };
}

const toneDigitMs = 100;
const pulseMs = 100;
const pulseGapMs = 700;
const waitForToneMs = 1000;

/**
 * How long it takes to dial, in milliseconds: tone (T) unless P stands in front, `,` a pause of S8, `W` and `@` a wait.
 */
export function diallingMs(digits: string, register: (number: number) => number): number {
  let isPulse = false;
  let totalMs = register(registers.dialToneSeconds) * 1000;
  for (const sign of digits) {
    if (sign === 'P') isPulse = true;
    else if (sign === 'T') isPulse = false;
    else if (sign === ',') totalMs += register(registers.commaSeconds) * 1000;
    else if (sign === 'W' || sign === '@') totalMs += waitForToneMs;
    else if (isPulse && /\d/.test(sign)) totalMs += (Number(sign) === 0 ? 10 : Number(sign)) * pulseMs + pulseGapMs;
    else totalMs += toneDigitMs;
  }
  return totalMs;
}
