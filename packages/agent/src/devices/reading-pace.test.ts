import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadingPace } from './reading-pace.ts';

/** Reads `count` times, `pauseMs` apart. */
function readOften(pace: ReadingPace, count: number, { bytes = 16, pauseMs = 1.4, from = 0 } = {}): number {
  for (let read = 0; read < count; read++) pace.read(bytes, from + read * pauseMs);
  return from + count * pauseMs;
}

describe('ReadingPace', () => {
  it('gathers what streams in small pieces', () => {
    const pace = new ReadingPace();
    readOften(pace, 10);
    expect(pace.isGathering).toBe(false);
    readOften(pace, 20, { from: 14 });
    expect(pace.isGathering).toBe(true);
  });

  it.each([
    ['pieces that come one by one', { pauseMs: 10 }],
    ['large pieces', { bytes: 1_000 }],
    ['nothing', { bytes: 0 }],
  ])('reads %s at once', (_what, reads) => {
    const pace = new ReadingPace();
    readOften(pace, 1_000, reads);
    expect(pace.isGathering).toBe(false);
  });

  it('reads at once again when the device was spoken to, when it is silent, and when it becomes fast', () => {
    const ends: readonly ((pace: ReadingPace, now: number) => void)[] = [
      (pace) => pace.wrote(),
      (pace, now) => readOften(pace, 2, { bytes: 0, from: now }),
      (pace, now) => pace.read(3_000, now),
    ];
    for (const end of ends) {
      const pace = new ReadingPace();
      const now = readOften(pace, 50);
      expect(pace.isGathering).toBe(true);
      end(pace, now);
      expect(pace.isGathering).toBe(false);
    }
  });

  it('never makes an answer wait: question and answer, of any size, at any speed', () => {
    const exchange = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.nat({ max: 20 }), fc.integer({ min: 1, max: 15 }));
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 200 }), (exchanges) => {
        const pace = new ReadingPace();
        let now = 0;
        for (const [bytes, pauseMs, pieces] of exchanges) {
          pace.wrote();
          for (let piece = 0; piece < pieces; piece++) {
            now += pauseMs;
            expect(pace.isGathering).toBe(false);
            pace.read(bytes, now);
          }
        }
      }),
    );
  });
});
