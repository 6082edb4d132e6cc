import { beforeEach, describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { patternBytes } from '../testing/byte-sequences.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedApplication } from '../testing/simulated-application.ts';
import { SimulatedPort } from '../testing/simulated-port.ts';
import type { Message, MessageOf } from './message-table.ts';

const limits = { ...defaultLimits, sessionsPerConnection: 3, keptBytes: 100_000, keptMessages: 50 };
const lost = new SercliError('connection-lost', { host: 'the peer', reason: 'the cable was pulled' });

const opened = {
  type: 'opened',
  ...{ name: 'ttyS0', device: '/dev/ttyS0', epoch: 'first', offset: 50, limit: 100 },
  ...{ settings: defaultLineSettings, lines: noModemLines, token: 'mine' },
} as const;

let attempt = 0;

/** RESUME as a client says it that has not said it before. */
function resume(sequence: number, offset: number, token = 'mine'): MessageOf<'resume'> {
  attempt += 1;
  return { type: 'resume', token, attempt, sequence, offset, limit: 1_000 };
}

function expectFault(peer: ScriptedPeer, code: string, says: string): void {
  expect(peer.endings).toMatchObject([{ code }]);
  expect(peer.endings[0]?.message).toContain(says);
  expect(peer.connection.sessionCount).toBe(0);
}

describe('an agent that keeps a session', () => {
  let first: ScriptedPeer;
  let second: ScriptedPeer;
  let port: SimulatedPort;

  /** Another connection to the same agent. */
  function connect(): ScriptedPeer {
    const peer = ScriptedPeer.greeted('accepter', limits);
    for (const [token, session] of first.resumable) peer.resumable.set(token, session);
    return peer;
  }

  /** The client has 20 bytes and, at the tenth, event 1 with a gap of 5; it has taken 4 of them. */
  beforeEach(() => {
    first = ScriptedPeer.greeted('accepter', limits);
    first.say(1, { type: 'open', port: 'ttyS0', settings: {}, window: 2 ** 50 });
    const [session] = first.opened;
    if (session === undefined) throw new Error('no session came');
    const keeping = {
      token: 'mine',
      keep: () => first.resumable.set('mine', session),
      forget: () => [first, second].forEach((peer) => void peer?.resumable.delete('mine')),
    };
    port = new SimulatedPort(session, 0, 0, () => 0, keeping);
    port.accept();
    port.make(10);
    port.happen({ kind: 'gap', bytes: 5 });
    port.make(10);
    first.say(1, { type: 'ack', sequence: 0, offset: 4, limit: 1_000 });
    second = connect();
  });

  it('refuses a token that it does not know, and the connection goes on', () => {
    second.say(5, resume(0, 0, 'guessed'));
    expect(second.heard.messages('close')).toMatchObject([{ error: { code: 'session-unknown' } }]);
    second.say(5, { type: 'close' });
    expect(second.connection.sessionCount).toBe(0);
    second.say(5, resume(1, 15));
    expect(second.heard.messages('resumed')).toHaveLength(1);
  });

  it('keeps nothing of 10,000 guesses', () => {
    for (let count = 0; count < 10_000; count += 1) {
      second.say(5, resume(0, 0, `${count}`));
      second.say(5, { type: 'close' });
    }
    expect(second.endings).toEqual([]);
    expect(second.connection.sessionCount).toBe(0);
  });

  it('counts refused channels as sessions until the client has left them', () => {
    for (const channel of [1, 2, 3, 4]) second.say(channel, resume(0, 0, 'guessed'));
    expectFault(second, 'agent-full', '3 sessions');
  });

  it.each<[string, (peer: ScriptedPeer) => void]>([
    ['data', (peer) => peer.sayData(5, 0, Uint8Array.of(1))],
    ['a request', (peer) => peer.say(5, { type: 'request', sequence: 1, offset: 0, request: { kind: 'drain' } })],
    ['RESUME again', (peer) => peer.say(5, resume(1, 15))],
  ])('ends the connection at %s on a refused channel', (_what, act) => {
    second.say(5, resume(0, 0, 'guessed'));
    act(second);
    expectFault(second, 'frame-unexpected', 'where the session was refused');
  });

  it('lets the client take its session along, and hears nothing more from the old connection', () => {
    second.say(9, resume(0, 7));
    expect(first.endings).toMatchObject([{ code: 'connection-lost' }]);
    first.sayData(1, 0, patternBytes(1, 0, 8));
    first.say(1, { type: 'close' });
    expect([port.receivedOffset, port.endings]).toEqual([0, []]);
    const data = second.heard.items.flatMap((item) => (item.kind === 'data' ? [[item.offset, item.bytes.length]] : []));
    expect(data).toEqual([
      [7, 3],
      [15, 10],
    ]);
    second.sayData(9, 0, patternBytes(1, 0, 8));
    expect(port.receivedOffset).toBe(8);
  });

  it('leaves the session where it is when RESUME comes late, on a connection that the client has left', () => {
    const [late, inTime] = [resume(0, 7), resume(0, 7)];
    second.say(9, inTime);
    const third = connect();
    third.say(5, late);
    expect(third.heard.messages('close')).toMatchObject([{ error: { code: 'session-unknown' } }]);
    expect(second.endings).toEqual([]);
    second.sayData(9, 0, patternBytes(1, 0, 8));
    expect(port.receivedOffset).toBe(8);
  });

  it('moves the session to and fro without keeping anything of the way', () => {
    let peer = second;
    for (let count = 0; count < 200; count += 1) {
      peer.say(9, resume(0, 7));
      const next = connect();
      next.say(9, resume(1, 15));
      expect(peer.connection.isEnded).toBe(true);
      expect(peer.connection.sessionCount).toBe(0);
      peer = connect();
    }
    expect(port.session.resumptions).toBe(400);
  });

  it('ends the connection that carries the session where it says RESUME again', () => {
    first.say(2, resume(1, 15));
    expectFault(first, 'frame-unexpected', 'this connection carries the session already');
    expect(port.endings).toMatchObject([{ code: 'frame-unexpected' }]);
    expect(first.resumable.size).toBe(0);
  });

  it('takes no RESUME on a channel that is in use', () => {
    first.say(1, resume(1, 15));
    expectFault(first, 'frame-unexpected', 'where the session is open');
  });

  it('takes no RESUME from a client that speaks version 1', () => {
    const older = ScriptedPeer.ofWire1('accepter', limits);
    older.say(9, resume(1, 15));
    expectFault(older, 'frame-unexpected', 'which wire version 1 does not have');
    expect(port.endings).toEqual([]);
  });

  it.each([
    ['a byte that was not sent', 1, 26],
    ['a message that was not sent', 2, 25],
    ['bytes that it has acknowledged', 0, 3],
    ['bytes beyond a message that it lacks', 0, 11],
    ['the middle of a gap', 1, 12],
    ['the beginning of a gap that it has passed', 1, 10],
    ['bytes before a message that it has', 1, 7],
  ])('ends the session where the client goes on from %s', (_what, sequence, offset) => {
    first.connection.carrierEnded(lost);
    second.say(9, resume(sequence, offset));
    expectFault(second, 'frame-malformed', 'which is no place to go on from');
    expect(port.endings).toMatchObject([{ code: 'frame-malformed' }]);
    expect(second.resumable.size).toBe(0);
  });

  it.each([
    ['messages', { sequence: 2, offset: 25 }],
    ['bytes', { sequence: 1, offset: 26 }],
  ])('ends the connection at an ACK of %s that were not sent', (_what, ack) => {
    first.say(1, { type: 'ack', ...ack, limit: 1_000 });
    expectFault(first, 'frame-malformed', 'and byte 25 and message 1 were sent');
  });

  it('ends the connection at an ACK of what was not said again yet', () => {
    second.connection.setCongested(true, 0);
    second.say(9, resume(0, 7));
    second.say(9, { type: 'ack', sequence: 1, offset: 20, limit: 1_000 });
    expectFault(second, 'frame-malformed', 'byte 7 and message 0 were sent');
  });

  it('keeps no more than keptBytes for a client that grants everything and acknowledges nothing', () => {
    first.say(1, { type: 'ack', sequence: 1, offset: 25, limit: 2 ** 53 - 1 });
    port.make(10 * limits.keptBytes);
    expect(port.session.sentOffset).toBe(25 + limits.keptBytes);
  });

  it('ends the connection of a client that asks on and on and acknowledges no answer', () => {
    for (let sequence = 1; sequence <= 100; sequence += 1) {
      first.say(1, { type: 'request', sequence, offset: 0, request: { kind: 'flush', queue: 'received' } });
    }
    expectFault(first, 'frame-unexpected', 'the answers to those before it are not acknowledged');
    expect(port.requests).toHaveLength(limits.keptMessages - 1);
  });
});

describe('a client whose session was cut', () => {
  let first: ScriptedPeer;
  let second: ScriptedPeer;
  let application: SimulatedApplication;

  /** It has sent 20 bytes with a request behind the tenth, of which the agent has taken 4. */
  beforeEach(() => {
    first = ScriptedPeer.greeted('connector', limits);
    application = new SimulatedApplication(0, () => 0);
    application.session = first.connection.openSession({ port: 'ttyS0' }, application);
    first.say(1, opened);
    application.write(10);
    application.request({ kind: 'drain' });
    application.write(10);
    first.say(1, { type: 'ack', sequence: 0, offset: 4, limit: 100 });
    first.say(1, { type: 'event', sequence: 1, offset: 50, event: { kind: 'break' } });
    first.connection.carrierEnded(lost);
    second = ScriptedPeer.greeted('connector', limits);
    second.connection.carry(application.session);
  });

  const resumed = (sequence: number, offset: number): Message => ({ type: 'resumed', sequence, offset, limit: 100 });

  it('says how far it has come, and goes on', () => {
    expect(second.heard.messages('resume')).toMatchObject([{ token: 'mine', attempt: 1, sequence: 1, offset: 50 }]);
    second.say(1, resumed(0, 8));
    expect(second.heard.items.slice(2).map((item) => (item.kind === 'data' ? item.offset : item.message.type))).toEqual(
      [...['ack', 8, 'request', 10]],
    );
  });

  it.each<[string, Message]>([
    ['OPENED', opened],
    ['an ACK', { type: 'ack', sequence: 0, offset: 4, limit: 100 }],
    ['an event', { type: 'event', sequence: 2, offset: 50, event: { kind: 'break' } }],
    ['DONE', { type: 'done', sequence: 1, number: 2 }],
  ])('ends the connection at %s instead of RESUMED', (_what, message) => {
    second.say(1, message);
    expectFault(second, 'frame-unexpected', 'where the session is resuming');
    expect(application.endings).toMatchObject([{ code: 'frame-unexpected' }]);
  });

  it('ends the connection at data instead of RESUMED', () => {
    second.sayData(1, 50, patternBytes(0, 50, 1));
    expectFault(second, 'frame-unexpected', 'where the session is resuming');
  });

  it.each([
    ['a byte that was not sent', 1, 21],
    ['a request that was not sent', 2, 20],
    ['bytes that it has acknowledged', 0, 3],
    ['bytes beyond a request that it lacks', 0, 11],
    ['bytes before a request that it has', 1, 9],
  ])('ends the session where the agent goes on from %s', (_what, sequence, offset) => {
    second.say(1, resumed(sequence, offset));
    expectFault(second, 'frame-malformed', 'which is no place to go on from');
    expect(application.endings).toMatchObject([{ code: 'frame-malformed' }]);
  });

  it.each<[string, string, Message]>([
    ['RESUMED twice', 'where the session is open', resumed(1, 20)],
    ['an event that it has', '2 at 50 is next', { type: 'event', sequence: 1, offset: 50, event: { kind: 'break' } }],
    ['an answer with a number too high', 'it is number 3', { type: 'done', sequence: 1, number: 3 }],
    ['an answer with a number that it has', 'it is number 1', { type: 'done', sequence: 1, number: 1 }],
    ['an ACK of a request that was not sent', 'message 1 were', { type: 'ack', sequence: 2, offset: 20, limit: 100 }],
  ])('ends the connection at %s', (_what, says, message) => {
    second.say(1, resumed(1, 20));
    second.say(1, message);
    expect(second.endings).toHaveLength(1);
    expect(second.endings[0]?.message).toContain(says);
    expect(application.endings).toHaveLength(1);
  });

  it('keeps no more than keptBytes for an agent that grants everything and acknowledges nothing', () => {
    second.say(1, { type: 'resumed', sequence: 1, offset: 20, limit: 2 ** 53 - 1 });
    application.write(10 * limits.keptBytes);
    expect(application.session.sentOffset).toBe(4 + limits.keptBytes);
  });
});
