import { VirtualClock } from '@sercli/testkit';
import type { LineCounters } from '@sercli/tty';
import { expect, it } from 'vitest';
import { LineErrors } from './line-errors.ts';

const counters: LineCounters = {
  ...{ received: 0, sent: 0, framingErrors: 0, overruns: 0, parityErrors: 0, breaks: 0, bufferOverruns: 0 },
  changes: { cts: 0, dsr: 0, ri: 0, dcd: 0 },
};

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
