import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StagingBuffer } from './staging-buffer.ts';

const endOfTurn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));

describe('StagingBuffer', () => {
  it('gathers what one turn adds into one flush', async () => {
    const flushed: Buffer[] = [];
    const staging = new StagingBuffer((bytes) => flushed.push(bytes));
    staging.add(Uint8Array.of(1, 2));
    staging.add(Uint8Array.of(3));
    expect(flushed).toEqual([]);
    expect(staging.bytes).toBe(3);
    await endOfTurn();
    expect(flushed).toEqual([Buffer.of(1, 2, 3)]);
    expect(staging.bytes).toBe(0);
    await endOfTurn();
    expect(flushed).toHaveLength(1);
  });

  it('keeps the order and never writes again to memory that was flushed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.oneof(fc.nat(100), fc.nat(70_000)), endsTurn: fc.boolean() }), { maxLength: 12 }),
        async (parts) => {
          const flushed: { bytes: Buffer; copy: Buffer }[] = [];
          const staging = new StagingBuffer((bytes) => flushed.push({ bytes, copy: Buffer.from(bytes) }));
          const sent: Buffer[] = [];
          for (const [index, { size, endsTurn }] of parts.entries()) {
            const part = Buffer.alloc(size, index + 1);
            staging.add(part);
            sent.push(Buffer.from(part));
            // The caller may use its memory again at once.
            part.fill(0xff);
            if (endsTurn) await endOfTurn();
          }
          await endOfTurn();
          expect(Buffer.concat(flushed.map(({ bytes }) => bytes)).equals(Buffer.concat(sent))).toBe(true);
          for (const { bytes, copy } of flushed) expect(bytes.equals(copy)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
