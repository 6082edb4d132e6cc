import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import type { PipeManner } from '../testing/byte-pipe.ts';
import { checkComplete, checkEnding, checkOrder, isLost, type Model } from '../testing/session-model.ts';
import {
  cuts,
  deaths,
  endings,
  opening,
  type Step,
  type StepArbitrary,
  traffic,
  windows,
} from '../testing/session-steps.ts';
import { SimulatedPair } from '../testing/simulated-pair.ts';
import type { Role } from './message-table.ts';

const limits = {
  ...defaultLimits,
  dataBytes: 32,
  receiveWindowBytes: windows.receive,
  sendWindowMinBytes: 40,
  sendWindowMaxBytes: windows.send,
};
const expired = new SercliError('session-ended', { port: 'ttyS0', reason: 'the client did not come back' });

/** Everybody reads, takes and answers, on connections that work, until nothing moves any more. */
function settle(pair: SimulatedPair): void {
  pair.heal();
  pair.congest('connector', false);
  pair.congest('accepter', false);
  for (let before = -1, quiet = 0; quiet < 3; ) {
    let progress = 0;
    for (const { application, port } of pair.sessions) {
      if (!application.isGone) application.consume(Number.POSITIVE_INFINITY);
      if (port?.isGone === false) {
        if (!port.isAccepted) port.accept();
        port.take(Number.POSITIVE_INFINITY);
        port.finishNext();
        progress += port.taken() + port.endings.length;
      }
      progress += application.receivedOffset + application.answers.length + application.events.length;
      progress += application.session.takenOffset + application.endings.length;
    }
    pair.pass(700);
    quiet = progress === before ? quiet + 1 : 0;
    before = progress;
  }
}

/** Those whose client is gone for good are given up, and the connections that nobody needs are noticed. */
function giveUp(pair: SimulatedPair, model: Model): void {
  pair.pass(2 * limits.deadMs);
  pair.sessions.forEach(({ port }, index) => {
    if (port?.isCut !== true) return;
    model.causes[index]?.add('expired');
    port.session.expire(expired);
  });
}

function play(pair: SimulatedPair, wire: number, steps: Iterable<Step>): void {
  const model: Model = { causes: [new Set(), new Set()], wire, wasCut: false };
  pair.open('now');
  pair.open('now', 2 ** 32 - 50);
  pair.pass(1_000);
  fc.modelRun(() => ({ model, real: pair }), steps);
  settle(pair);
  pair.sessions.forEach((session, index) => {
    const causes = model.causes[index] ?? new Set();
    checkOrder(session, model);
    if (causes.size > 0 || isLost(session, causes, model)) return;
    checkComplete(session, model);
    causes.add('client closes');
    session.application.session.close(undefined, pair.now);
  });
  settle(pair);
  giveUp(pair, model);
  pair.sessions.forEach((session, index) => void checkEnding(session, model.causes[index] ?? new Set(), model));
  const { connector, accepter } = pair.connections;
  expect([connector.sessionCount, accepter.sessionCount, pair.keptSessions]).toEqual([0, 0, 0]);
  expect(pair.endings).toEqual({ connector: [], accepter: [] });
}

const manner: fc.Arbitrary<PipeManner> = fc.record({
  delaysMs: fc.array(fc.oneof(fc.nat(5), fc.nat(300)), { minLength: 1, maxLength: 3 }),
  chunkSizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 2_000 })), {
    minLength: 1,
    maxLength: 4,
  }),
});

const ways = fc.record({
  toAccepter: manner,
  toConnector: manner,
  congestedBytes: fc.constantFrom(undefined, 50, 300),
});

interface Profile {
  readonly name: string;
  readonly numRuns: number;
  readonly steps: readonly StepArbitrary[];
  readonly newestWire?: Readonly<Record<Role, number>>;
}

function often(times: number, steps: readonly StepArbitrary[]): StepArbitrary[] {
  return Array.from({ length: times }, () => steps).flat();
}

const withEndings = [...often(8, traffic), ...often(2, cuts), ...often(2, opening), ...endings];

const profiles: Profile[] = [
  { name: 'cuts', numRuns: 4_000, steps: [...often(3, traffic), ...cuts, ...opening] },
  { name: 'cuts and endings', numRuns: 2_500, steps: withEndings },
  { name: 'killed programs', numRuns: 2_000, steps: [...often(10, traffic), ...often(3, cuts), ...opening, ...deaths] },
  { name: 'no cuts', numRuns: 500, steps: [...often(8, traffic), ...often(2, opening), ...endings] },
  { name: 'an older agent', numRuns: 500, steps: withEndings, newestWire: { connector: 2, accepter: 1 } },
  { name: 'an older client', numRuns: 500, steps: withEndings, newestWire: { connector: 1, accepter: 2 } },
];

describe('sessions are whole and in order, and end once, with', () => {
  it.each(profiles)(
    '$name',
    ({ numRuns, steps, newestWire = { connector: 2, accepter: 2 } }) => {
      const wire = Math.min(newestWire.connector, newestWire.accepter);
      fc.assert(
        fc.property(ways, fc.commands([...steps], { maxCommands: 120, size: 'max' }), (way, commands) => {
          play(new SimulatedPair({ limits, ...way, newestWire }), wire, commands as Iterable<Step>);
        }),
        { numRuns },
      );
    },
    120_000,
  );
});
