import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { Inbox } from './inbox.ts';

/** An inbox with an owner whose progress the test sets. */
function setUp() {
  const owner = { taken: 0, applied: 0, windowBytes: 400 };
  const inbox = new Inbox({
    taken: () => owner.taken,
    applied: () => owner.applied,
    windowBytes: () => owner.windowBytes,
  });
  inbox.begin(0, 400);
  return { inbox, owner };
}

let { inbox, owner } = setUp();
beforeEach(() => {
  ({ inbox, owner } = setUp());
});

describe('an inbox', () => {
  it('refuses data beyond the window', () => {
    inbox.data(0, 400, 1);
    expect(() => inbox.data(400, 1, 1)).toThrowError(expect.objectContaining({ code: 'credit-exceeded' }));
  });

  it.each([9, 11])('refuses data at byte %i where 10 is next', (offset) => {
    inbox.data(0, 10, 1);
    expect(() => inbox.data(offset, 1, 1)).toThrowError(`its offset is ${offset}, and byte 10 is next`);
  });

  it('takes messages in order, at the byte that is next', () => {
    inbox.data(0, 10, 1);
    inbox.numbered('event', 1, 10);
    inbox.numbered('done', 2);
    expect(inbox.number).toBe(2);
    expect(() => inbox.numbered('event', 2, 10)).toThrowError('it is number 2 at byte 10, and 3 at 10 is next');
    expect(() => inbox.numbered('event', 4, 10)).toThrowError('3 at 10 is next');
    expect(() => inbox.numbered('event', 3, 9)).toThrowError('it is number 3 at byte 9');
  });

  it('goes on behind bytes that were left out, and never back', () => {
    inbox.data(0, 10, 1);
    inbox.skipTo(50);
    inbox.skipTo(20);
    expect(() => inbox.data(10, 1, 1)).toThrowError('byte 50 is next');
    inbox.data(50, 1, 1);
    expect(inbox.offset).toBe(51);
  });

  it('tells where the peer has to go on', () => {
    inbox.data(0, 10, 1);
    inbox.numbered('event', 1, 10);
    owner.taken = 4;
    inbox.nextAck(0);
    expect(inbox.resumePoint).toEqual({ sequence: 1, offset: 10, limit: 404 });
  });

  it('acknowledges what is new, once', () => {
    inbox.data(0, 20, 1);
    expect(inbox.nextAck(0)).toBeUndefined();
    owner.taken = 20;
    owner.applied = 3;
    expect(inbox.nextAck(0)).toEqual({ type: 'ack', sequence: 3, offset: 20, limit: 420 });
    expect(inbox.nextAck(0)).toBeUndefined();
  });

  it('acknowledges again what may have been lost', () => {
    inbox.data(0, 20, 1);
    owner.taken = 20;
    inbox.nextAck(0);
    inbox.forgetAcks();
    expect(inbox.nextAck(0)).toEqual({ type: 'ack', sequence: 0, offset: 20, limit: 420 });
    expect(inbox.nextAck(0)).toBeUndefined();
  });

  it('is in a hurry when the window has moved by a quarter, or 16 messages came', () => {
    inbox.data(0, 200, 1);
    owner.taken = 99;
    expect(inbox.isAckUrgent(0)).toBe(false);
    owner.taken = 100;
    expect(inbox.isAckUrgent(0)).toBe(true);
    for (let number = 1; number <= 15; number += 1) inbox.numbered('event', number);
    expect(inbox.hasUnacked).toBe(false);
    inbox.numbered('event', 16);
    expect(inbox.hasUnacked).toBe(true);
    owner.applied = 16;
    inbox.nextAck(0);
    expect(inbox.hasUnacked).toBe(false);
  });

  it('never takes back what it granted, however the window shrinks', () => {
    const steps = fc.array(fc.tuple(fc.nat(300), fc.nat(300), fc.integer({ min: 1, max: 1000 })));
    fc.assert(
      fc.property(steps, (turns) => {
        const peer = setUp();
        let [granted, received] = [400, 0];
        for (const [arriving, taking, windowBytes] of turns) {
          const bytes = Math.min(arriving, granted - received);
          peer.inbox.data(received, bytes, 1);
          received += bytes;
          peer.owner.taken = Math.min(received, peer.owner.taken + taking);
          peer.owner.windowBytes = windowBytes;
          const limit = peer.inbox.nextAck(0)?.limit ?? granted;
          expect(limit).toBeGreaterThanOrEqual(granted);
          // Where it grants more than before, it grants no more than the window holds.
          if (limit > granted) expect(limit).toBeLessThanOrEqual(peer.owner.taken + windowBytes);
          granted = limit;
        }
        expect(() => peer.inbox.data(received, granted - received + 1, 1)).toThrowError(SercliError);
      }),
    );
  });
});
