import { constants } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isHungUp } from './hang-up.ts';
import { openPeer, openPty } from './open-tty.ts';
import { closeFd, libc } from './system-calls.ts';

const { EINTR } = constants.errno;

let ptmx: number;
beforeEach(() => {
  ({ ptmx } = openPty());
});
afterEach(() => closeFd(ptmx));

describe('isHungUp', () => {
  it('is true from the last close on, and false before the first open and while somebody has the far end open', () => {
    expect(isHungUp(ptmx)).toBe(false);
    const peer = openPeer(ptmx);
    expect(isHungUp(ptmx)).toBe(false);
    closeFd(peer);
    expect(isHungUp(ptmx)).toBe(true);
  });

  it('asks again when a signal came in between, as a profiler sends them', () => {
    const poll = vi.spyOn(libc(), 'poll').mockReturnValueOnce(-1);
    const errno = vi.spyOn(libc(), 'errno').mockReturnValueOnce(EINTR);
    expect(isHungUp(ptmx)).toBe(false);
    expect(poll).toHaveBeenCalledTimes(2);
    poll.mockRestore();
    errno.mockRestore();
  });
});
