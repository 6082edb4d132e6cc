import { describe, expect, it } from 'vitest';
import { JoinedCalls } from './joined-calls.ts';

/** Runs that end when they are told to. */
function heldRuns() {
  const ends: ((fails: boolean) => void)[] = [];
  const joined = new JoinedCalls(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length + 1;
        ends.push((fails) => (fails ? reject(new Error(`run ${number}`)) : resolve(number)));
      }),
  );
  const end = (run: number, fails = false): void => ends[run - 1]?.(fails);
  return { joined, end, begun: () => ends.length };
}

describe('JoinedCalls', () => {
  it('lets all who ask during a run share the next one', async () => {
    const { joined, end, begun } = heldRuns();
    const first = joined.call();
    const others = [joined.call(), joined.call(), joined.call()];
    expect(begun()).toBe(1);
    end(1);
    expect(await first).toBe(1);
    end(2);
    await Promise.resolve();
    expect(begun()).toBe(2);
    end(2);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
  });

  it('begins anew where nothing runs, also after a run that failed', async () => {
    const { joined, end } = heldRuns();
    const first = joined.call();
    const second = joined.call();
    end(1, true);
    await expect(first).rejects.toThrow('run 1');
    end(2);
    await Promise.resolve();
    end(2);
    expect(await second).toBe(2);
    const third = joined.call();
    end(3);
    expect(await third).toBe(3);
  });
});
