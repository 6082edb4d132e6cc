import { readSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setExclusive } from './exclusive.ts';
import { ioctlGetInt } from './ioctl.ts';
import { duplicate, openPeer, openTty } from './open-tty.ts';
import { PolledFd } from './polled-fd.ts';
import { flushQueues, inputQueueBytes, outputQueueBytes } from './queues.ts';
import { closeFd } from './system-calls.ts';
import { openRawPty } from './testing/raw-pty.ts';

let ptmx: number;
let pts: number;
let path: string;

beforeEach(() => {
  ({ ptmx, pts, path } = openRawPty());
});

afterEach(() => {
  closeFd(pts);
  closeFd(ptmx);
});

/** The kernel hands bytes over in the background; readiness tells when they are there. */
function arrived(): Promise<void> {
  return new Promise((resolve) => {
    const watched = new PolledFd(duplicate(pts), {
      readable: () => {
        watched.close();
        resolve();
      },
      writable: () => undefined,
      failed: () => undefined,
    });
    watched.setInterest({ readable: true, writable: false });
  });
}

it('counts and discards received bytes', async () => {
  writeSync(ptmx, 'hello');
  await arrived();
  expect(inputQueueBytes(pts)).toBe(5);
  expect(outputQueueBytes(pts)).toBe(0);
  flushQueues(pts, 'unsent');
  expect(inputQueueBytes(pts)).toBe(5);
  flushQueues(pts, 'received');
  expect(inputQueueBytes(pts)).toBe(0);
  writeSync(ptmx, 'x');
  await arrived();
  flushQueues(pts, 'both');
  expect(inputQueueBytes(pts)).toBe(0);
});

it('opens the far end by the near end, and duplicates', async () => {
  const peer = openPeer(ptmx);
  const copy = duplicate(peer);
  closeFd(peer);
  writeSync(copy, 'via the copy');
  expect(readSync(ptmx, Buffer.alloc(99))).toBe(12);
  closeFd(copy);
});

it('sets and ends exclusive use', () => {
  setExclusive(pts, true);
  expect(ioctlGetInt(pts, 'TIOCGEXCL')).toBe(1);
  setExclusive(pts, false);
  expect(ioctlGetInt(pts, 'TIOCGEXCL')).toBe(0);
});

it('says what it could not open', () => {
  expect(() => openTty('/dev/pts/987654')).toThrow("ENOENT: no such file or directory '/dev/pts/987654', open");
  closeFd(openTty(path));
});
