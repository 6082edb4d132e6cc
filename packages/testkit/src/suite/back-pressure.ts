import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { firstDifference, patternBytes } from '../byte-log.ts';
import type { Bench } from '../serial-link-suite.ts';
import { collectAtFarEnd, sendFromFarEnd, startFarEnd, stopFarEnd } from './far-end.ts';

/** More than any link may hold for an end that does not read. */
const floodBytes = 1_500_000;

export function testBackPressure(bench: () => Bench): void {
  describe('back-pressure', () => {
    it('takes a bounded number of bytes while the other end does not read, then goes on', {
      timeout: 30_000,
    }, async () => {
      const { link, application } = bench();
      const atFarEnd = collectAtFarEnd(bench());
      const flood = patternBytes(floodBytes);
      stopFarEnd(bench());
      const sent = application.send(flood);
      await standsStill(() => link.writeOffset);
      expect(link.writeOffset).toBeLessThan(floodBytes);
      startFarEnd(bench());
      await sent;
      expect(firstDifference(await atFarEnd.next(0, floodBytes), flood)).toBeUndefined();
    });

    it('loses nothing when the application reads late', { timeout: 30_000 }, async () => {
      const { link, application } = bench();
      const flood = patternBytes(floodBytes, 3);
      application.stopReading();
      sendFromFarEnd(bench(), flood);
      await application.until(() => link.peek(1).length > 0);
      await standsStill(() => link.writeOffset);
      application.startReading(4096);
      await application.until(() => application.received.length >= floodBytes);
      expect(firstDifference(application.received.from(), flood)).toBeUndefined();
    });

    it('calls writable once there is room, and not before a short count', async () => {
      const { link, application } = bench();
      let calls = 0;
      const writable = application.writable.bind(application);
      application.writable = () => {
        calls += 1;
        writable();
      };
      expect(link.write(patternBytes(10))).toBe(10);
      await link.drain();
      expect(calls).toBe(0);
      stopFarEnd(bench());
      const sent = application.send(patternBytes(floodBytes));
      await standsStill(() => link.writeOffset);
      startFarEnd(bench());
      await sent;
      expect(calls).toBeGreaterThan(0);
    });
  });
}

/** Absence has no event: `progress` counts as standing still when it was the same at three looks, 60 ms apart. */
async function standsStill(progress: () => number): Promise<void> {
  let before = -1;
  for (let same = 0; same < 3; ) {
    same = progress() === before ? same + 1 : 0;
    before = progress();
    await delay(60);
  }
}
