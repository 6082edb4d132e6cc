import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference, patternBytes } from '../byte-log.ts';
import { LinkApplication } from '../link-application.ts';
import type { Bench } from '../serial-link-suite.ts';
import { collectAtFarEnd, sendFromFarEnd } from './far-end.ts';

export function testBytes(bench: () => Bench): void {
  describe('bytes', () => {
    testIdentity(bench);
    testReading(bench);
    testListening(bench);
  });
}

function testIdentity(bench: () => Bench): void {
  it('carries bytes both ways unchanged, however they are cut', async () => {
    const { application } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const size = fc.integer({ min: 1, max: 6000 });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 4 }), size, size, async (sizes, writeBytes, peekBytes) => {
        for (const [index, length] of sizes.entries()) {
          const out = patternBytes(length, index + 1);
          const before = { here: application.received.length, there: atFarEnd.length };
          application.startReading(peekBytes);
          await application.send(out, writeBytes);
          expect(firstDifference(await atFarEnd.next(before.there, length), out)).toBeUndefined();
          if (bench().farEnd.kind === 'echo') continue;
          sendFromFarEnd(bench(), out);
          await application.until(() => application.received.length >= before.here + length);
          expect(firstDifference(application.received.from(before.here), out)).toBeUndefined();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('carries 1 MB each way at the same time', { timeout: 30_000 }, async () => {
    const { application, farEnd } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const [out, back] = [patternBytes(1_000_000, 7), patternBytes(1_000_000, 8)];
    if (farEnd.kind === 'wire') farEnd.write(back);
    await application.send(out);
    expect(firstDifference(await atFarEnd.next(0, out.length), out)).toBeUndefined();
    await application.until(() => application.received.length >= 1_000_000);
    expect(firstDifference(application.received.from(), farEnd.kind === 'wire' ? back : out)).toBeUndefined();
  });

  it('does not look at the memory of a write again', async () => {
    const { link } = bench();
    const atFarEnd = collectAtFarEnd(bench());
    const bytes = patternBytes(300);
    const scratch = bytes.slice();
    const taken = link.write(scratch);
    scratch.fill(0);
    expect(taken).toBeGreaterThan(0);
    expect(firstDifference(await atFarEnd.next(0, taken), bytes.subarray(0, taken))).toBeUndefined();
  });
}

function testReading(bench: () => Bench): void {
  it('counts offsets in both directions', async () => {
    const { link, application } = bench();
    const start = link.readOffset;
    expect([link.writeOffset, link.takenOffset]).toEqual([0, 0]);
    await application.send(patternBytes(700), 64);
    expect(link.writeOffset).toBe(700);
    expect(link.takenOffset).toBeLessThanOrEqual(700);
    await link.drain();
    expect(link.takenOffset).toBe(700);
    sendFromFarEnd(bench(), patternBytes(300));
    await application.until(() => application.received.length >= (bench().farEnd.kind === 'echo' ? 1000 : 300));
    expect(link.readOffset - start).toBe(application.received.length);
  });

  it('peeks without moving, and consumes part of what it peeked', async () => {
    const { link, application } = bench();
    const start = link.readOffset;
    application.stopReading();
    const bytes = patternBytes(100);
    sendFromFarEnd(bench(), bytes);
    await application.until(() => link.peek(1).length > 0);
    expect(link.peek(0)).toHaveLength(0);
    const seen = new Uint8Array(link.peek(50));
    expect(seen).toEqual(bytes.subarray(0, seen.length));
    expect(new Uint8Array(link.peek(seen.length))).toEqual(seen);
    expect(new Uint8Array(link.peek(1))).toEqual(seen.subarray(0, 1));
    const half = Math.ceil(seen.length / 2);
    link.consume(half);
    expect(link.readOffset - start).toBe(half);
    expect(new Uint8Array(link.peek(seen.length - half))).toEqual(seen.subarray(half));
    application.startReading();
    await application.until(() => application.received.length === 100 - half);
    expect(application.received.from()).toEqual(bytes.subarray(half));
  });
}

function testListening(bench: () => Bench): void {
  it('announces bytes that wait already as soon as somebody listens', async () => {
    const { link, application } = bench();
    application.stopReading();
    sendFromFarEnd(bench(), patternBytes(50));
    await application.until(() => link.peek(100).length > 0);
    let announced = 0;
    link.listen({ readable: () => (announced += 1), writable: () => undefined, event: () => undefined });
    expect(announced).toBe(1);
  });

  it('has one consumer: a second one replaces the first', async () => {
    const { link, application } = bench();
    const second = new LinkApplication(link);
    sendFromFarEnd(bench(), patternBytes(50), second);
    await second.until(() => second.received.length === 50);
    expect(application.received.length).toBe(0);
  });
}
