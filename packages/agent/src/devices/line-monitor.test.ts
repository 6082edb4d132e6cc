import { noModemLines } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { expect, it } from 'vitest';
import { LineMonitor } from './line-monitor.ts';

const noCounts = { framingErrors: 0, overruns: 0, bufferOverruns: 0, parityErrors: 0, breaks: 0 };

it('tells of lines, breaks and errors once each, and of nothing after it was stopped', async () => {
  const clock = new VirtualClock();
  let lines = noModemLines;
  let counts = noCounts;
  const seen: string[] = [];
  const monitor = new LineMonitor(
    clock,
    { lines: () => lines, counters: () => counts },
    {
      lines: (now) => seen.push(now.dcd ? 'DCD' : 'quiet'),
      break: () => seen.push('break'),
      lineError: (error) => seen.push(error),
    },
  );
  await clock.advance(20);
  lines = { ...noModemLines, dcd: true };
  counts = { framingErrors: 3, overruns: 0, bufferOverruns: 1, parityErrors: 1, breaks: 1 };
  await clock.advance(40);
  monitor.stop();
  await clock.advance(1000);
  expect(seen).toEqual(['quiet', 'DCD', 'break', 'parity', 'framing', 'overrun', 'DCD']);
  expect(clock.pending).toBe(0);
});

it('asks a device without counters for its lines alone', async () => {
  const clock = new VirtualClock();
  let looks = 0;
  const watcher = { lines: () => (looks += 1), break: () => undefined, lineError: () => undefined };
  const monitor = new LineMonitor(clock, { lines: () => noModemLines, counters: () => undefined }, watcher);
  await clock.advance(100);
  expect(looks).toBe(5);
  monitor.stop();
});
