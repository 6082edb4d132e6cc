import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { pause } from './pause.ts';

describe('pause', () => {
  it('ends after its time, and leaves no listener at the signal', async () => {
    const { signal } = new AbortController();
    await pause(1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends when the signal is aborted, before and meanwhile, and leaves no listener', async () => {
    const controller = new AbortController();
    const over = pause(600_000, controller.signal);
    controller.abort();
    await over;
    await pause(600_000, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});
