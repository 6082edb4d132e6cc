import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { patternBytes } from '../testing/byte-sequences.ts';
import { FrameLog } from '../testing/frame-log.ts';
import { Channel } from './channel.ts';
import { FrameDecoder } from './frame-decoder.ts';

const limits = { ...defaultLimits, dataBytes: 100, ackDelayMs: 25 };

/** A channel on a carrier that keeps what is sent, with an owner whose progress the test sets. */
function setUp(windowBytes = 400) {
  const sent = new FrameLog();
  const decoder = new FrameDecoder(sent, 'accepter', limits);
  const carrier = {
    isCongested: false,
    roundTripMs: 0,
    released: [] as number[],
    send: (head: Uint8Array, body?: Uint8Array) => {
      decoder.push(head);
      if (body !== undefined) decoder.push(body);
    },
    release: (channel: number) => void carrier.released.push(channel),
  };
  const owner = { taken: 0, applied: 0, windowBytes };
  const progress = {
    taken: () => owner.taken,
    applied: () => owner.applied,
    windowBytes: () => owner.windowBytes,
  };
  const channel = new Channel(5, carrier, progress, limits);
  const begin = () => channel.begin({ sendFrom: 1000, sendLimit: 1250, receiveFrom: 0, receiveLimit: windowBytes });
  return { channel, carrier, owner, sent, begin };
}

let { channel, carrier, owner, sent, begin } = setUp();
beforeEach(() => {
  ({ channel, carrier, owner, sent, begin } = setUp());
});

describe('a channel whose windows are not settled', () => {
  it('sends no data', () => {
    expect(channel.sendableBytes).toBe(0);
  });

  it('closes without an acknowledgement, which the peer could not place', () => {
    channel.close({}, 0);
    expect(sent.items.map((item) => item.kind === 'message' && item.message.type)).toEqual(['close']);
    expect(channel.dueAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('sending', () => {
  it('stays within one frame and the window', () => {
    begin();
    const lengths: number[] = [];
    for (let fits = channel.sendableBytes; fits > 0; fits = channel.sendableBytes) {
      lengths.push(fits);
      channel.sendData(patternBytes(1, channel.sentOffset, fits), 0);
    }
    expect(lengths).toEqual([100, 100, 50]);
    expect(sent.items).toEqual([{ kind: 'data', channel: 5, offset: 1000, bytes: patternBytes(1, 1000, 250) }]);
  });

  it('waits while the carrier is congested', () => {
    begin();
    carrier.isCongested = true;
    expect(channel.sendableBytes).toBe(0);
    carrier.isCongested = false;
    expect(channel.sendableBytes).toBe(100);
  });

  it('goes on with an acknowledgement, whose limit never moves back', () => {
    begin();
    channel.sendData(new Uint8Array(100), 0);
    channel.receiveAck({ type: 'ack', sequence: 0, offset: 1050, limit: 1300 });
    expect(channel.peerTaken).toBe(1050);
    channel.receiveAck({ type: 'ack', sequence: 0, offset: 1020, limit: 1120 });
    expect(channel.peerTaken).toBe(1050);
    expect(channel.sendableBytes).toBe(100);
    channel.sendData(new Uint8Array(100), 0);
    channel.sendData(new Uint8Array(100), 0);
    expect(channel.sendableBytes).toBe(0);
  });

  it('has nothing to send behind a gap that is longer than the window', () => {
    begin();
    channel.skipSent(251);
    expect(channel.sendableBytes).toBe(0);
    channel.receiveAck({ type: 'ack', sequence: 0, offset: 1251, limit: 1501 });
    expect(channel.sendableBytes).toBe(100);
  });

  it('refuses an acknowledgement of bytes that were never sent', () => {
    begin();
    const early = { type: 'ack', sequence: 0, offset: 1001, limit: 1500 } as const;
    expect(() => channel.receiveAck(early)).toThrowError('it acknowledges byte 1001, and 1000 were sent on channel 5');
  });
});

describe('receiving', () => {
  it('refuses data beyond the window', () => {
    begin();
    channel.receiveData(0, 400);
    expect(() => channel.receiveData(400, 1)).toThrowError(expect.objectContaining({ code: 'credit-exceeded' }));
  });

  it.each([9, 11])('refuses data at byte %i where 10 is next', (offset) => {
    begin();
    channel.receiveData(0, 10);
    expect(() => channel.receiveData(offset, 1)).toThrowError(`its offset is ${offset}, and byte 10 is next`);
  });

  it('acknowledges at once when the window has moved by a quarter', () => {
    begin();
    channel.receiveData(0, 200);
    owner.taken = 99;
    channel.touch(7);
    expect(sent.items).toEqual([]);
    owner.taken = 100;
    channel.touch(8);
    expect(sent.messages('ack')).toEqual([{ type: 'ack', sequence: 0, offset: 100, limit: 500 }]);
  });

  it('acknowledges less after ackDelayMs, and all of it', () => {
    begin();
    channel.receiveData(0, 200);
    owner.taken = 1;
    channel.touch(7);
    expect(channel.dueAt).toBe(32);
    owner.taken = 20;
    owner.applied = 3;
    channel.touch(20);
    expect(channel.dueAt).toBe(32);
    channel.tick(31);
    expect(sent.items).toEqual([]);
    channel.tick(32);
    expect(sent.messages('ack')).toEqual([{ type: 'ack', sequence: 3, offset: 20, limit: 420 }]);
  });

  it('rests after an acknowledgement until its owner tells of more', () => {
    begin();
    channel.receiveData(0, 20);
    owner.taken = 10;
    channel.touch(0);
    channel.tick(25);
    expect(sent.messages('ack')).toHaveLength(1);
    expect(channel.dueAt).toBe(Number.POSITIVE_INFINITY);
    owner.taken = 20;
    channel.touch(60);
    expect(channel.dueAt).toBe(85);
    channel.tick(85);
    expect(sent.messages('ack')).toHaveLength(2);
  });

  it('lets a waiting acknowledgement travel with data, ahead of it', () => {
    begin();
    channel.receiveData(0, 20);
    owner.taken = 20;
    channel.touch(0);
    channel.sendData(new Uint8Array(3), 10);
    expect(sent.items.map((item) => item.kind)).toEqual(['message', 'data']);
    expect(channel.dueAt).toBe(Number.POSITIVE_INFINITY);
    channel.sendData(new Uint8Array(3), 11);
    expect(sent.messages('ack')).toHaveLength(1);
  });

  it('never takes back what it granted, however the window shrinks', () => {
    const steps = fc.array(fc.tuple(fc.nat(300), fc.nat(300), fc.integer({ min: 1, max: 1000 }), fc.nat(40)));
    fc.assert(
      fc.property(steps, (turns) => {
        const peer = setUp();
        peer.begin();
        let [now, granted, received] = [0, 400, 0];
        for (const [arriving, taking, windowBytes, ms] of turns) {
          now += ms;
          const bytes = Math.min(arriving, granted - received);
          peer.channel.receiveData(received, bytes);
          received += bytes;
          peer.owner.taken = Math.min(received, peer.owner.taken + taking);
          peer.owner.windowBytes = windowBytes;
          peer.channel.touch(now);
          peer.channel.tick(now);
          const limit = peer.sent.messages('ack').at(-1)?.limit ?? 400;
          expect(limit).toBeGreaterThanOrEqual(granted);
          // Where it grants more than before, it grants no more than the window holds.
          if (limit > granted) expect(limit).toBeLessThanOrEqual(peer.owner.taken + windowBytes);
          granted = limit;
        }
        expect(() => peer.channel.receiveData(received, granted - received + 1)).toThrowError(SercliError);
      }),
    );
  });
});

describe('closing', () => {
  it('tells first how far it came, says CLOSE once, and nothing after it', () => {
    begin();
    channel.receiveData(0, 20);
    owner.taken = 20;
    channel.close({}, 0);
    channel.close({}, 0);
    channel.send({ type: 'event', sequence: 1, offset: 0, event: { kind: 'break' } });
    owner.taken = 400;
    channel.touch(1);
    channel.tick(100);
    expect(sent.items.map((item) => item.kind === 'message' && item.message.type)).toEqual(['ack', 'close']);
    expect(channel.sendableBytes).toBe(0);
    expect(channel.dueAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('frees the channel once both have closed', () => {
    begin();
    channel.close({}, 0);
    expect(carrier.released).toEqual([]);
    channel.receiveClose();
    channel.receiveClose();
    channel.end();
    expect(carrier.released).toEqual([5]);
  });
});
