import { SercliError } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WrittenBytes } from './written-bytes.ts';

/** A link that takes so many bytes as the test gives it room for, and notes in between what was asked for. */
class Taker {
  readonly taken: (number | string)[] = [];
  room = 0;
  hasControl = true;
  readonly state = { kind: 'up' } as const;

  write(bytes: Uint8Array): number {
    const count = Math.min(this.room, bytes.length);
    this.room -= count;
    this.taken.push(...bytes.subarray(0, count));
    return count;
  }
}

type Step = { readonly write: number } | { readonly ask: true } | { readonly room: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.nat(9).map((write) => ({ write })),
    fc.constant({ ask: true } as const),
    fc.nat(12).map((room) => ({ room })),
  ),
  { maxLength: 60 },
);

describe('what is written', () => {
  it('is moved in its order, with what is asked for in its place, whatever room there is', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const written = new WrittenBytes();
        const taker = new Taker();
        // As a stream hands over its chunks: one at a time, the next when one is done.
        const queue: Uint8Array[] = [];
        let isBusy = false;
        const waitingBytes = (): number => queue.reduce((sum, { length }) => sum + length, 0);
        const handOver = (): void => {
          const [next] = queue;
          if (isBusy || next === undefined) return;
          isBusy = true;
          written.take(next, () => {
            isBusy = false;
            queue.shift();
            handOver();
          });
          written.moveTo(taker);
        };
        const wanted: (number | string)[] = [];
        const asked: Promise<void>[] = [];
        let byte = 0;
        for (const step of taken) {
          if ('write' in step) {
            const bytes = Uint8Array.from({ length: step.write }, () => byte++);
            wanted.push(...bytes);
            if (bytes.length > 0) queue.push(bytes);
            handOver();
          } else if ('ask' in step) {
            const name = `ask ${asked.length}`;
            wanted.push(name);
            const ask = async (): Promise<void> => void taker.taken.push(name);
            asked.push(written.behind(ask, waitingBytes()));
          } else {
            taker.room += step.room;
            written.moveTo(taker);
          }
        }
        taker.room = Number.POSITIVE_INFINITY;
        written.moveTo(taker);
        await Promise.all(asked);
        expect(taker.taken).toEqual(wanted);
      }),
    );
  });

  it('is dropped where that is wanted, and counted where another one controls the port', () => {
    const written = new WrittenBytes();
    const taker = new Taker();
    let done = 0;
    taker.room = 2;
    written.take(Uint8Array.of(1, 2, 3, 4), () => {
      done += 1;
    });
    expect(written.moveTo(taker)).toEqual({ refusedBytes: 0 });
    written.discard(4);
    expect(written.moveTo(taker)).toEqual({ refusedBytes: 0 });
    expect(done).toBe(1);
    written.take(Uint8Array.of(5, 6), () => {
      done += 1;
    });
    taker.hasControl = false;
    expect(written.moveTo(taker)).toEqual({ refusedBytes: 2 });
    expect(done).toBe(2);
    expect(taker.taken).toEqual([1, 2]);
  });

  it('fails with what waits behind it, when nothing can be moved any more', async () => {
    const written = new WrittenBytes();
    const error = new SercliError('closed', { what: 'SerialMachine/ttyS0' });
    const failed = new Promise((resolve) => written.take(Uint8Array.of(1), resolve));
    const asked = written.behind(async () => 'done', 1);
    written.fail(error);
    expect(await failed).toBe(error);
    await expect(asked).rejects.toBe(error);
  });
});
