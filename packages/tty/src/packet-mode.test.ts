import { writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyLineSettings } from './line-settings.ts';
import { decodePacketStatus, enablePacketMode, hasExtproc, setExtproc } from './packet-mode.ts';
import { PolledFd } from './polled-fd.ts';
import { flushQueues } from './queues.ts';
import { closeFd } from './system-calls.ts';
import { openRawPty } from './testing/raw-pty.ts';

let near: PolledFd;
let pts: number;
let told: string[];

beforeEach(() => {
  const opened = openRawPty();
  pts = opened.pts;
  told = [];
  near = new PolledFd(opened.ptmx, {
    readable: () => void told.push('readable'),
    writable: () => undefined,
    priority: () => {
      told.push('priority');
      near.setInterest({ readable: false, writable: false });
    },
    failed: () => undefined,
  });
  enablePacketMode(near.fd);
  setExtproc(near.fd, true);
  near.read(new Uint8Array(1));
});

afterEach(() => {
  near.close();
  closeFd(pts);
});

/** The next packet: its status byte, then its data. */
function packet(maxBytes = 100): number[] {
  const into = new Uint8Array(maxBytes);
  return [...into.subarray(0, near.read(into))];
}

it('puts a status byte in front of data', () => {
  writeSync(pts, 'AB');
  expect(packet()).toEqual([0, 65, 66]);
});

it('tells of settings and flushes ahead of data, also to a read of one byte, which takes no data', () => {
  writeSync(pts, 'A');
  applyLineSettings(pts, { baudRate: 4800 });
  flushQueues(pts, 'received');
  const [status = 0] = packet(1);
  expect(decodePacketStatus(status)).toEqual({ flushed: 'received', hasNewTermios: true });
  expect(packet(1)).toEqual([0]);
  expect(packet()).toEqual([0, 65]);
});

it('wakes for a status alone when only priority is of interest', async () => {
  writeSync(pts, 'A');
  near.setInterest({ readable: false, writable: false, priority: true });
  flushQueues(pts, 'unsent');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(told).toEqual(['priority']);
  expect(decodePacketStatus(packet()[0] ?? 0).flushed).toBe('unsent');
});

it('sets and clears EXTPROC', () => {
  expect(hasExtproc(near.fd)).toBe(true);
  setExtproc(near.fd, false);
  expect(hasExtproc(near.fd)).toBe(false);
});

it('knows every status', () => {
  expect(decodePacketStatus(0x03)).toEqual({ flushed: 'both', hasNewTermios: false });
  expect(decodePacketStatus(0x40)).toEqual({ flushed: undefined, hasNewTermios: true });
  expect(decodePacketStatus(0x20)).toEqual({ flushed: undefined, hasNewTermios: false });
});
