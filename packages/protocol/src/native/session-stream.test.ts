import { beforeEach, describe, expect, it } from 'vitest';
import { patternBytes } from '../testing/byte-sequences.ts';
import { recordedStream, sendBreak, sendBytes } from '../testing/recorded-stream.ts';

const aborted = { code: 'aborted', message: '', fields: {} };

let { stream, carrier, owner, sent, types, begin } = recordedStream();
beforeEach(() => {
  ({ stream, carrier, owner, sent, types, begin } = recordedStream());
});

const send = (bytes: number) => sendBytes(stream, bytes);

describe('a stream whose windows are not settled', () => {
  it('sends no data, and keeps messages until they are', () => {
    expect(stream.sendableBytes).toBe(0);
    sendBreak(stream);
    expect(sent.items).toEqual([]);
    begin();
    expect(types()).toEqual(['event']);
  });

  it('closes without an acknowledgement, which the peer could not place, and without what it kept', () => {
    sendBreak(stream);
    stream.close(undefined, 0);
    expect(types()).toEqual(['close']);
    expect(stream.dueAt).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('sending', () => {
  beforeEach(() => begin());

  it('stays within one frame and the window', () => {
    const lengths: number[] = [];
    for (let fits = stream.sendableBytes; fits > 0; fits = stream.sendableBytes) {
      lengths.push(fits);
      send(fits);
    }
    expect(lengths).toEqual([100, 100, 50]);
    expect(sent.items).toEqual([{ kind: 'data', channel: 5, offset: 1000, bytes: patternBytes(1, 1000, 250) }]);
  });

  it('waits while the carrier is congested, and messages do not', () => {
    carrier.isCongested = true;
    expect(stream.sendableBytes).toBe(0);
    sendBreak(stream);
    expect(types()).toEqual(['event']);
    carrier.isCongested = false;
    expect(stream.sendableBytes).toBe(100);
  });

  it('goes on with an acknowledgement, whose limit never moves back', () => {
    send(100);
    stream.receiveAck({ type: 'ack', sequence: 0, offset: 1050, limit: 1300 });
    expect(stream.peerTaken).toBe(1050);
    stream.receiveAck({ type: 'ack', sequence: 0, offset: 1020, limit: 1120 });
    expect(stream.peerTaken).toBe(1050);
    expect(stream.sendableBytes).toBe(100);
    send(100);
    send(100);
    expect(stream.sendableBytes).toBe(0);
  });

  it('has nothing to send behind a gap that is longer than the window', () => {
    stream.sendNumbered((sequence) => ({ type: 'event', sequence, offset: 1000, event: { kind: 'gap' } }), 1251);
    expect(stream.sendableBytes).toBe(0);
    stream.receiveAck({ type: 'ack', sequence: 1, offset: 1251, limit: 1501 });
    expect(stream.sendableBytes).toBe(100);
  });
});

describe('acknowledgements', () => {
  beforeEach(() => {
    begin();
    stream.inbox.data(0, 200, 5);
  });

  it('go at once when the window has moved by a quarter', () => {
    owner.taken = 99;
    stream.touch(7);
    expect(sent.items).toEqual([]);
    owner.taken = 100;
    stream.touch(8);
    expect(sent.messages('ack')).toEqual([{ type: 'ack', sequence: 0, offset: 100, limit: 500 }]);
  });

  it('of less go after ackDelayMs, and tell all of it', () => {
    owner.taken = 1;
    stream.touch(7);
    expect(stream.dueAt).toBe(32);
    expect(carrier.wakes).toEqual([32]);
    owner.taken = 20;
    owner.applied = 3;
    stream.touch(20);
    expect(stream.dueAt).toBe(32);
    stream.tick(31);
    expect(sent.items).toEqual([]);
    stream.tick(32);
    expect(sent.messages('ack')).toEqual([{ type: 'ack', sequence: 3, offset: 20, limit: 420 }]);
  });

  it('rest until there is more to tell', () => {
    owner.taken = 10;
    stream.touch(0);
    stream.tick(25);
    expect(sent.messages('ack')).toHaveLength(1);
    expect(stream.dueAt).toBe(Number.POSITIVE_INFINITY);
    owner.taken = 20;
    stream.touch(60);
    expect(stream.dueAt).toBe(85);
    stream.tick(85);
    expect(sent.messages('ack')).toHaveLength(2);
  });

  it('that have waited half their time travel with data, ahead of it', () => {
    owner.taken = 20;
    stream.touch(0);
    stream.sendData(new Uint8Array(3), 12);
    expect(types()).toEqual(['data']);
    stream.sendData(new Uint8Array(3), 13);
    expect(types()).toEqual(['data', 'ack', 'data']);
    expect(stream.dueAt).toBe(Number.POSITIVE_INFINITY);
    stream.sendData(new Uint8Array(3), 14);
    expect(sent.messages('ack')).toHaveLength(1);
  });
});

describe('closing', () => {
  beforeEach(() => begin());

  it('tells first how far it came, says CLOSE once, and nothing after it', () => {
    stream.inbox.data(0, 20, 5);
    owner.taken = 20;
    stream.close(undefined, 0);
    stream.close(aborted, 0);
    stream.closeAtOnce(aborted);
    stream.send({ type: 'event', sequence: 1, offset: 0, event: { kind: 'break' } });
    owner.taken = 400;
    stream.touch(1);
    stream.tick(100);
    expect(types()).toEqual(['ack', 'close']);
    expect(stream.sendableBytes).toBe(0);
    expect(stream.dueAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('frees the channel once both have closed', () => {
    stream.close(undefined, 0);
    expect(carrier.released).toEqual([]);
    stream.receiveClose();
    stream.receiveClose();
    stream.end();
    expect(carrier.released).toEqual([5]);
  });

  describe('while data waits for the carrier', () => {
    beforeEach(() => {
      send(100);
      stream.detach();
      stream.attach({ channel: 5, carrier });
      sent.items.length = 0;
      carrier.isCongested = true;
      stream.goOnFrom({ sequence: 0, offset: 1000, limit: 1250 }, 0);
    });

    it('comes behind it', () => {
      stream.close(undefined, 0);
      expect(types()).toEqual(['ack']);
      carrier.isCongested = false;
      stream.carryOn();
      expect(types()).toEqual(['ack', 'data', 'close']);
    });

    it('comes instead of it at once, and then says that it is not on purpose', () => {
      stream.close(undefined, 0);
      stream.closeAtOnce(aborted);
      expect(types()).toEqual(['ack', 'close']);
      expect(sent.messages('close')).toEqual([{ type: 'close', error: aborted }]);
    });

    it('still tells the error, though the peer closes in between', () => {
      stream.close(aborted, 0);
      stream.closeAtOnce(undefined);
      expect(sent.messages('close')).toEqual([{ type: 'close', error: aborted }]);
    });
  });
});
