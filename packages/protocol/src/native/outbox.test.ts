import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { patternBytes } from '../testing/byte-sequences.ts';
import type { Message } from './message-table.ts';
import { Outbox } from './outbox.ts';

const limits = { ...defaultLimits, keptBytes: 500, keptMessages: 4 };

/** Each says its number, so that it can be told which of them came. */
const numbered = (number: number): Message => ({ type: 'ping', number });

let outbox = new Outbox(limits);
beforeEach(() => {
  outbox = new Outbox(limits);
  outbox.begin(100, 400, true);
});

function addBytes(bytes: number): void {
  outbox.addData(patternBytes(0, outbox.sentOffset, bytes));
}

/** Takes what is next until nothing is, in short: numbers of messages, and the places of bytes. */
function carryAll(target = outbox): (number | [from: number, to: number])[] {
  const items: (number | [number, number])[] = [];
  for (let item = target.next(1_000); item !== undefined; item = target.next(1_000)) {
    if (item.kind === 'message') items.push((item.message as { number: number }).number);
    else {
      expect(item.bytes).toEqual(patternBytes(0, item.offset, item.bytes.length));
      items.push([item.offset, item.offset + item.bytes.length]);
    }
    target.carried(item);
  }
  return items;
}

describe('an outbox', () => {
  it('gives bytes and messages in the order in which they were added', () => {
    outbox.addMessage(numbered);
    addBytes(10);
    outbox.addMessage(numbered);
    outbox.addMessage(numbered, 150);
    addBytes(20);
    expect(carryAll()).toEqual([1, [100, 110], 2, 3, [150, 170]]);
    expect(outbox.isAllCarried).toBe(true);
  });

  it('gives at most so many bytes at once', () => {
    addBytes(100);
    expect(outbox.next(30)).toMatchObject({ offset: 100, bytes: { length: 30 } });
  });

  it('goes on where the peer has come to, with bytes that were forgotten by nobody', () => {
    addBytes(10);
    outbox.addMessage(numbered, 150);
    addBytes(20);
    outbox.addMessage(numbered);
    carryAll();
    outbox.goOnFrom({ sequence: 0, offset: 105, limit: 400 });
    expect(carryAll()).toEqual([[105, 110], 1, [150, 170], 2]);
    outbox.goOnFrom({ sequence: 1, offset: 160, limit: 400 });
    expect(carryAll()).toEqual([[160, 170], 2]);
    outbox.goOnFrom({ sequence: 2, offset: 170, limit: 400 });
    expect(carryAll()).toEqual([]);
  });

  it('can go on from any place that it has given and not forgotten, and from no other', () => {
    addBytes(10);
    outbox.addMessage(numbered, 150);
    outbox.addMessage(numbered);
    addBytes(20);
    carryAll();
    const places = () =>
      [0, 1, 2, 3].flatMap((sequence) =>
        Array.from({ length: 200 }, (_, offset) => ({ sequence, offset, limit: 0 }))
          .filter((point) => outbox.canGoOnFrom(point))
          .map(({ offset }) => `${sequence}@${offset}`),
      );
    const before = Array.from({ length: 11 }, (_, byte) => `0@${100 + byte}`);
    const behind = Array.from({ length: 21 }, (_, byte) => `2@${150 + byte}`);
    expect(places()).toEqual([...before, '1@150', ...behind]);
    outbox.acknowledge({ type: 'ack', sequence: 0, offset: 104, limit: 400 });
    expect(places()).toEqual([...before.slice(4), '1@150', ...behind]);
    outbox.acknowledge({ type: 'ack', sequence: 1, offset: 110, limit: 400 });
    expect(places()).toEqual(['1@150', ...behind]);
    outbox.acknowledge({ type: 'ack', sequence: 2, offset: 155, limit: 400 });
    expect(places()).toEqual(behind.slice(5));
  });

  it('has room within the window', () => {
    expect(outbox.roomBytes).toBe(300);
    addBytes(100);
    outbox.acknowledge({ type: 'ack', sequence: 0, offset: 100, limit: 300 });
    expect(outbox.roomBytes).toBe(200);
    outbox.addMessage(numbered, 1_000);
    expect(outbox.roomBytes).toBe(0);
  });

  it('keeps no more than keptBytes, whatever the window', () => {
    outbox.goOnFrom({ sequence: 0, offset: 100, limit: 2 ** 50 });
    expect(outbox.roomBytes).toBe(500);
    addBytes(500);
    expect(outbox.roomBytes).toBe(0);
    carryAll();
    outbox.acknowledge({ type: 'ack', sequence: 0, offset: 103, limit: 0 });
    expect(outbox.roomBytes).toBe(3);
  });

  it('has no room where keptMessages wait', () => {
    for (let count = 0; count < 4; count += 1) outbox.addMessage(numbered);
    expect(outbox.isFull).toBe(true);
    expect(outbox.roomBytes).toBe(0);
    carryAll();
    outbox.acknowledge({ type: 'ack', sequence: 1, offset: 100, limit: 400 });
    expect(outbox.isFull).toBe(false);
    expect(outbox.roomBytes).toBe(300);
  });

  it('refuses acknowledgements of what the connection was not given', () => {
    outbox.addMessage(numbered);
    addBytes(10);
    const ack = { type: 'ack', limit: 400 } as const;
    expect(() => outbox.acknowledge({ ...ack, sequence: 1, offset: 100 })).toThrowError('message 0 were sent');
    expect(() => outbox.acknowledge({ ...ack, sequence: 0, offset: 101 })).toThrowError('byte 100 and message 0');
    carryAll();
    outbox.acknowledge({ ...ack, sequence: 1, offset: 110 });
    expect(() => outbox.acknowledge({ ...ack, sequence: 2, offset: 110 })).toThrowError('it acknowledges byte 110');
  });

  it('does not take back what was acknowledged or granted', () => {
    addBytes(20);
    carryAll();
    outbox.acknowledge({ type: 'ack', sequence: 0, offset: 120, limit: 450 });
    outbox.acknowledge({ type: 'ack', sequence: 0, offset: 105, limit: 300 });
    expect(outbox.peerTaken).toBe(120);
    expect(outbox.windowBytes).toBe(330);
  });

  it('keeps nothing where nothing can be said again', () => {
    const once = new Outbox(limits);
    once.addMessage(numbered);
    once.begin(0, 2 ** 50, false);
    expect(carryAll(once)).toEqual([1]);
    for (let count = 0; count < 20; count += 1) {
      once.addMessage(numbered);
      expect(carryAll(once)).toEqual([count + 2]);
    }
    expect(once.isFull).toBe(false);
    once.skipTo(70);
    expect(once.sentOffset).toBe(70);
    expect(once.isAllCarried).toBe(true);
  });

  it('brings everything to the peer once, wherever it is cut', () => {
    const adding = fc.array(fc.record({ bytes: fc.nat(30), gap: fc.nat(5), isMessage: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    const cuts = fc.array(fc.nat(10), { maxLength: 10 });
    fc.assert(fc.property(adding, cuts, fc.integer({ min: 1, max: 20 }), checkCuts), { numRuns: 300 });
  });
});

/** Adds, and carries it to a peer that hears so many items between cuts, and acknowledges part of them. */
function checkCuts(adding: { bytes: number; gap: number; isMessage: boolean }[], cuts: number[], most: number): void {
  const sending = new Outbox({ ...limits, keptBytes: 10_000, keptMessages: 100 });
  sending.begin(0, 10_000, true);
  for (const { bytes, gap, isMessage } of adding) {
    sending.addData(patternBytes(0, sending.sentOffset, bytes));
    if (isMessage) sending.addMessage(numbered, sending.sentOffset + gap);
  }
  const peer = { sequence: 0, offset: 0, limit: 10_000 };
  for (const heard of [...cuts, Number.POSITIVE_INFINITY]) {
    expect(sending.canGoOnFrom(peer)).toBe(true);
    sending.goOnFrom(peer);
    for (let count = 0; count < heard; count += 1) {
      const item = sending.next(most);
      if (item === undefined) break;
      sending.carried(item);
      if (item.kind === 'message') {
        peer.sequence += 1;
        expect(item.message).toEqual(numbered(peer.sequence));
        peer.offset += adding.filter(({ isMessage }) => isMessage)[peer.sequence - 1]?.gap ?? 0;
      } else {
        expect(item.offset).toBe(peer.offset);
        expect(item.bytes).toEqual(patternBytes(0, peer.offset, item.bytes.length));
        peer.offset += item.bytes.length;
      }
      if (count % 3 === 2) sending.acknowledge({ type: 'ack', ...peer });
    }
  }
  expect(peer.offset).toBe(sending.sentOffset);
  expect(peer.sequence).toBe(adding.filter(({ isMessage }) => isMessage).length);
}
