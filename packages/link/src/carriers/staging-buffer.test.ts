import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StagingBuffer } from './staging-buffer.ts';

const endOfTurn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve));

describe('StagingBuffer', () => {
  it('gathers what one turn adds into one flush', async () => {
    const flushed: Buffer[] = [];
    const staging = new StagingBuffer(
      (bytes) => flushed.push(bytes),
      () => Buffer.concat(flushed).length,
    );
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

  it('uses memory again that has left', async () => {
    const memories = new Set<ArrayBufferLike>();
    const staging = new StagingBuffer(
      (bytes) => memories.add(bytes.buffer),
      () => 0,
    );
    for (let part = 0; part < 20; part += 1) {
      staging.add(Buffer.alloc(16_384));
      await endOfTurn();
    }
    expect(memories.size).toBe(1);
  });

  it('keeps the order and never writes to memory that has not left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            size: fc.oneof(fc.nat(100), fc.nat(70_000)),
            endsTurn: fc.boolean(),
            leaving: fc.constantFrom(0, 1, 100_000),
          }),
          { maxLength: 12 },
        ),
        async (parts) => {
          const flushed: { bytes: Buffer; copy: Buffer }[] = [];
          const unsent: { bytes: Buffer; copy: Buffer }[] = [];
          const staging = new StagingBuffer(
            (bytes) => {
              const write = { bytes, copy: Buffer.from(bytes) };
              flushed.push(write);
              unsent.push(write);
            },
            () => unsent.reduce((sum, { bytes }) => sum + bytes.length, 0),
          );
          const sent: Buffer[] = [];
          for (const [index, { size, endsTurn, leaving }] of parts.entries()) {
            const part = Buffer.alloc(size, index + 1);
            staging.add(part);
            sent.push(Buffer.from(part));
            // The caller may use its memory again at once.
            part.fill(0xff);
            if (endsTurn) await endOfTurn();
            for (const { bytes, copy } of unsent) expect(bytes.equals(copy)).toBe(true);
            unsent.splice(0, leaving);
          }
          await endOfTurn();
          expect(Buffer.concat(flushed.map(({ copy }) => copy)).equals(Buffer.concat(sent))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
