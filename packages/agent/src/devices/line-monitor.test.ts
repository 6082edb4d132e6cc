import { type ModemLines, noModemLines } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import type { LineCounters } from '@sercli/tty';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineMonitor } from './line-monitor.ts';

const noCounters: LineCounters = {
  ...{ received: 0, sent: 0, framingErrors: 0, overruns: 0, parityErrors: 0, breaks: 0, bufferOverruns: 0 },
  changes: { cts: 0, dsr: 0, ri: 0, dcd: 0 },
};

describe('the lines of a device', () => {
  let now: number;
  let clock: VirtualClock;
  let lines: ModemLines;
  let counters: LineCounters | undefined;
  /** How long the driver takes to say how its lines are. */
  let answerMs: number;
  let asked: number;
  let seen: (ModemLines | 'counters')[];
  beforeEach(() => {
    now = 0;
    clock = new VirtualClock();
    lines = noModemLines;
    counters = noCounters;
    answerMs = 0;
    asked = 0;
    seen = [];
  });

  const watch = (): LineMonitor =>
    new LineMonitor(
      { now: () => clock.now() + now, after: (ms, run) => clock.after(ms, run), afterExactly: clock.afterExactly },
      {
        get lines() {
          now += answerMs;
          asked += 1;
          return lines;
        },
        get counters() {
          return counters;
        },
      },
      { lines: (told) => void seen.push(told), counters: () => void seen.push('counters') },
    );
  const changed = (changes: Partial<LineCounters['changes']>): LineCounters => ({
    ...noCounters,
    changes: { ...noCounters.changes, ...changes },
  });

  it('are told at each look, and not after it was stopped', async () => {
    const monitor = watch();
    await clock.advance(20);
    lines = { ...noModemLines, dcd: true };
    await clock.advance(20);
    monitor.stop();
    await clock.advance(1000);
    expect(seen).toEqual(['counters', noModemLines, 'counters', lines]);
    expect(clock.pending).toBe(0);
  });

  it('are asked for each half second where an adapter has to be asked, and when its counters have moved', async () => {
    answerMs = 1;
    const monitor = watch();
    await clock.advance(990);
    expect(asked).toBe(2);
    counters = changed({ dcd: 1 });
    lines = { ...noModemLines, dcd: true };
    await clock.advance(20);
    expect([asked, seen.at(-1)]).toEqual([3, lines]);
    monitor.stop();
  });

  it('are asked for as ever when another program had the processor during one answer', async () => {
    const monitor = watch();
    answerMs = 5;
    await clock.advance(20);
    answerMs = 0;
    await clock.advance(80);
    expect(asked).toBe(6);
    monitor.stop();
  });

  it.each([
    { name: 'a pulse', changes: { cts: 2 }, between: { cts: true } },
    { name: 'a ring', changes: { ri: 1 }, between: { ri: true } },
    // The other half was seen before it was counted, or is still to be seen.
    { name: 'half a pulse', changes: { dcd: 1 }, between: undefined },
  ])('tell $name that is over already as $between', async ({ changes, between }) => {
    const monitor = watch();
    counters = changed(changes);
    await clock.advance(20);
    const pulse = between === undefined ? [] : [{ ...noModemLines, ...between }];
    expect(seen).toEqual(['counters', ...pulse, noModemLines]);
    monitor.stop();
  });

  it('are told of a device without counters, and not of one that is gone', async () => {
    counters = undefined;
    const monitor = watch();
    await clock.advance(20);
    expect(seen).toEqual(['counters', noModemLines]);
    monitor.stop();
  });
});
