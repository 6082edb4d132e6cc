import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { patternBytes } from '../byte-log.ts';
import type { Bench } from '../serial-link-suite.ts';
import { collectAtFarEnd, sendFromFarEnd, startFarEnd, stopFarEnd } from './far-end.ts';

export function testFlush(bench: () => Bench): void {
  describe('flush', () => {
    for (const queue of ['received', 'both'] as const) {
      it(`discards what was received and not read (${queue}), and goes on with what comes after`, async () => {
        const { link, application } = bench();
        application.stopReading();
        sendFromFarEnd(bench(), patternBytes(200));
        await application.until(() => link.peek(1).length > 0);
        await link.flush(queue);
        // What was still on its way arrives after the flush, as with a real line.
        const marker = Uint8Array.of(1, 2, 3, 4, 5);
        sendFromFarEnd(bench(), marker);
        application.startReading();
        await application.until(() => endsWith(application.received.from(), marker));
        expect(application.received.length).toBeLessThanOrEqual(205);
        expect(link.readOffset).toBeGreaterThanOrEqual(application.received.length);
      });
    }

    for (const queue of ['unsent', 'both'] as const) {
      it(`gets a stuck link going again (${queue})`, { timeout: 20_000 }, async () => {
        const { link } = bench();
        const atFarEnd = collectAtFarEnd(bench());
        stopFarEnd(bench());
        let written = await fill(bench());
        await link.flush(queue);
        startFarEnd(bench());
        const marker = Uint8Array.of(9, 8, 7, 6, 5);
        for (let rest = marker; rest.length > 0; ) {
          const taken = link.write(rest);
          written += taken;
          rest = rest.subarray(taken);
          if (rest.length > 0) await delay(10);
        }
        while (!endsWith(atFarEnd.all(), marker)) await delay(10);
        expect(atFarEnd.length).toBeLessThanOrEqual(written);
      });
    }
  });
}

/** Writes until the link takes no more, and says how many bytes that were. */
async function fill({ link }: Bench): Promise<number> {
  const piece = patternBytes(4096);
  for (let refused = 0; refused < 5; ) {
    const taken = link.write(piece);
    refused = taken === 0 ? refused + 1 : 0;
    if (taken < piece.length) await delay(20);
    if (link.writeOffset > 4_000_000) throw new Error('the link takes bytes without a bound');
  }
  return link.writeOffset;
}

function endsWith(bytes: Uint8Array, marker: Uint8Array): boolean {
  return bytes.length >= marker.length && marker.every((byte, index) => bytes.at(index - marker.length) === byte);
}
