import type { SerialLink } from '@sercli/link';
import type { SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeInTime } from './close-in-time.ts';

describe('closeInTime', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function slowLink() {
    const state = { takenOffset: 0, error: undefined as SercliError | undefined };
    let closed: () => void = () => undefined;
    const link: Partial<SerialLink> = {
      info: { name: 'ttyS0', device: 'far' },
      get takenOffset() {
        return state.takenOffset;
      },
      close: () =>
        new Promise((resolve) => {
          closed = resolve;
        }),
      abort: (error) => {
        state.error = error;
        closed();
      },
    };
    return { link: link as SerialLink, state, finish: () => closed() };
  }

  it('waits as long as something is taken', async () => {
    const { link, state, finish } = slowLink();
    const closing = closeInTime(link);
    for (let time = 0; time < 10; time += 1) {
      state.takenOffset += 1;
      vi.advanceTimersByTime(2_000);
    }
    expect(state.error).toBeUndefined();
    finish();
    await closing;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up a link of whose bytes nothing is taken any more', async () => {
    const { link, state } = slowLink();
    const closing = closeInTime(link);
    vi.advanceTimersByTime(2_000);
    await closing;
    expect(state.error).toMatchObject({ code: 'session-ended' });
  });
});
