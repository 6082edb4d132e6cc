import { enablePacketMode, inputQueueBytes, openPeer, openPty, PolledFd } from '@sercli/tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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

/** When so many bytes have come through the kernel, reads the next packet and consumes it. */
async function readOne(bytes: number): Promise<{ length: number; isLast: boolean }> {
  await vi.waitFor(() => expect(inputQueueBytes(polled.fd)).toBeGreaterThanOrEqual(bytes), { interval: 1 });
  const packet = packets.readNext();
  if (packet.kind !== 'data') throw new Error(`a packet of kind ${packet.kind} came`);
  const { length } = packets.peek(Number.POSITIVE_INFINITY);
  packets.consume(length);
  return { length, isLast: packet.isLast };
}

it('says whether more may wait behind a packet', async () => {
  application.write(new Uint8Array(5_000));
  expect(await readOne(4_095)).toEqual({ length: 4_095, isLast: false });
  expect(await readOne(905)).toEqual({ length: 905, isLast: true });
});

it('reads little at a time while it is not consumed at once, and more again when it is', async () => {
  application.write(new Uint8Array(10_000));
  expect(await readOne(4_095)).toMatchObject({ length: 4_095 });
  packets.stall();
  for (const length of [511, 1_023, 2_047]) expect(await readOne(length)).toMatchObject({ length });
  application.write(new Uint8Array(10_000));
  expect(await readOne(4_095)).toMatchObject({ length: 4_095 });
});
