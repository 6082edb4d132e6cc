import { beforeEach, describe, expect, it } from 'vitest';
import { patternBytes } from '../testing/byte-sequences.ts';
import { recordedCarrier, recordedStream, sendBreak, sendBytes } from '../testing/recorded-stream.ts';

const aborted = { code: 'aborted', message: '', fields: {} };

let { stream, carrier, owner, types, begin } = recordedStream();
beforeEach(() => {
  ({ stream, carrier, owner, types, begin } = recordedStream());
});

describe('a stream that was cut', () => {
  const from = (sequence: number, offset: number) => ({ sequence, offset, limit: 1250 });

  beforeEach(() => {
    begin();
    sendBytes(stream, 100);
    sendBreak(stream);
    sendBytes(stream, 50);
    stream.detach();
  });

  it('takes messages and no data, and sends nothing', () => {
    expect(stream.isCarried).toBe(false);
    expect(carrier.released).toEqual([5]);
    expect(stream.sendableBytes).toBe(0);
    sendBreak(stream);
    owner.taken = 300;
    stream.touch(0);
    stream.tick(1_000);
    expect(types()).toEqual(['data', 'event', 'data']);
    expect(stream.dueAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('says again what the peer has not heard, behind how far it has come itself', () => {
    const next = recordedCarrier(9);
    stream.attach(next.way);
    expect(next.sent.items).toEqual([]);
    stream.goOnFrom(from(0, 1090), 0);
    expect(next.types()).toEqual(['ack', 'data', 'event', 'data']);
    expect(next.sent.items[1]).toEqual({
      kind: 'data',
      channel: 9,
      offset: 1090,
      bytes: patternBytes(1, 1090, 10),
    });
    expect(stream.sendableBytes).toBe(100);
    expect(carrier.abandoned).toBe(0);
  });

  it('has data wait where the next carrier is congested, and everything behind it', () => {
    const next = recordedCarrier(9);
    next.carrier.isCongested = true;
    stream.attach(next.way);
    stream.goOnFrom(from(1, 1120), 0);
    sendBreak(stream);
    expect(next.types()).toEqual(['ack']);
    expect(stream.sendableBytes).toBe(0);
    next.carrier.isCongested = false;
    stream.carryOn();
    expect(next.types()).toEqual(['ack', 'data', 'event']);
  });

  it('says its CLOSE when it goes on, behind everything else', () => {
    stream.close(undefined, 0);
    const next = recordedCarrier(9);
    stream.attach(next.way);
    stream.goOnFrom(from(1, 1100), 0);
    expect(next.types()).toEqual(['data', 'close']);
    stream.receiveClose();
    expect(next.carrier.released).toEqual([9]);
    expect(stream.isOver).toBe(true);
  });

  it('says its CLOSE again if it was cut with it', () => {
    const next = recordedCarrier(9);
    stream.attach(next.way);
    stream.goOnFrom(from(1, 1150), 0);
    stream.close(aborted, 0);
    stream.detach();
    const last = recordedCarrier(3);
    stream.attach(last.way);
    stream.goOnFrom(from(1, 1150), 0);
    expect(last.sent.messages('close')).toEqual([{ type: 'close', error: aborted }]);
  });

  it('gives up the connection that still seems to carry it', () => {
    const next = recordedCarrier(9);
    stream.attach(next.way);
    expect(stream.isCarriedBy(next.carrier)).toBe(true);
    stream.abandonWay();
    expect(next.carrier.abandoned).toBe(1);
  });
});
