import { enablePacketMode, openPeer, openPty, PolledFd } from '@sercli/tty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PtyPackets } from './pty-packets.ts';

let polled: PolledFd;
let application: PolledFd;
let packets: PtyPackets;
const handlers = { readable: () => undefined, writable: () => undefined, failed: () => undefined };

beforeEach(() => {
  const { ptmx } = openPty();
  enablePacketMode(ptmx);
  polled = new PolledFd(ptmx, handlers);
  packets = new PtyPackets(polled);
  application = new PolledFd(openPeer(ptmx), handlers);
});
afterEach(() => {
  application.close();
  polled.close();
});

/** Reads the next packet and consumes it; returns its length. */
function readOne(): number {
  expect(packets.readNext()).toEqual({ kind: 'data' });
  const { length } = packets.peek(Number.POSITIVE_INFINITY);
  packets.consume(length);
  return length;
}

describe('packets of an application that writes all it can', () => {
  it('are small while they are not consumed at once, and grow again when they are', () => {
    expect(application.write(new Uint8Array(16_000))).toBeGreaterThan(10_000);
    expect(readOne()).toBe(4_095);
    packets.stall();
    expect([readOne(), readOne(), readOne(), readOne()]).toEqual([511, 1_023, 2_047, 4_095]);
  });
});
