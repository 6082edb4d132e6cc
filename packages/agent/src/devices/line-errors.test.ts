import { VirtualClock } from '@sercli/testkit';
import type { LineCounters } from '@sercli/tty';
import { expect, it } from 'vitest';
import { LineErrors } from './line-errors.ts';

const counters: LineCounters = {
  ...{ received: 0, sent: 0, framingErrors: 0, overruns: 0, parityErrors: 0, breaks: 0, bufferOverruns: 0 },
  changes: { cts: 0, dsr: 0, ri: 0, dcd: 0 },
};

it('tells a break once whose mark comes long after it was counted', async () => {
  const clock = new VirtualClock();
  const line = { counters, hasParity: false, isReadUp: true };
  const told: string[] = [];
  const errors = new LineErrors(clock, line, {
    break: () => told.push('break'),
    lineError: (error) => told.push(error),
  });
  line.counters = { ...counters, breaks: 1 };
  const lookFor = async (looks: number): Promise<void> => {
    for (let look = 0; look < looks; look += 1) {
      errors.look(line.counters);
      await clock.advance(20);
    }
  };
  await lookFor(20);
  expect(told).toEqual([]);
  errors.marked(0);
  expect(told).toEqual(['break']);
  line.counters = { ...counters, breaks: 2 };
  await lookFor(100);
  expect(errors.counts.breaks).toBe(2);
  expect(told).toEqual(['break']);
});

it('tells once what was taken for something that the driver does not mark', async () => {
  const clock = new VirtualClock();
  const line = { counters, hasParity: false, isReadUp: true };
  const told: string[] = [];
  const errors = new LineErrors(clock, line, {
    break: () => told.push('break'),
    lineError: (error) => told.push(error),
  });
  line.counters = { ...counters, breaks: 1 };
  for (let look = 0; look < 100; look += 1) {
    errors.look(line.counters);
    await clock.advance(20);
  }
  expect(told).toEqual(['break']);
  errors.marked(0);
  expect(told).toEqual(['break']);
  line.counters = { ...counters, breaks: 2 };
  errors.marked(0);
  expect(told).toEqual(['break', 'break']);
});

it('tells an overrun once, also when a mark comes before the look', () => {
  const line = { counters, hasParity: false, isReadUp: true };
  const told: string[] = [];
  const errors = new LineErrors(new VirtualClock(), line, {
    break: () => told.push('break'),
    lineError: (error) => told.push(error),
  });
  line.counters = { ...counters, breaks: 1, overruns: 1 };
  errors.marked(0);
  errors.look(line.counters);
  errors.look(line.counters);
  expect(told).toEqual(['break', 'overrun']);
});
