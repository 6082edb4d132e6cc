import { beforeEach, describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { SimulatedPair, type SimulatedSession } from '../testing/simulated-pair.ts';
import type { SimulatedPort } from '../testing/simulated-port.ts';
import type { PortEvent } from './messages/event.ts';

const everything = Number.POSITIVE_INFINITY;
const expired = new SercliError('session-ended', { port: 'ttyS0', reason: 'the client did not come back' });

/** A session that its port has accepted. */
function openSession(pair: SimulatedPair): { session: SimulatedSession; port: SimulatedPort } {
  const session = pair.open('now');
  pair.pass(10);
  if (session.port === undefined) throw new Error('the session did not come to the port');
  return { session, port: session.port };
}

let pair = new SimulatedPair();
let { session, port } = openSession(pair);
let { application } = session;
beforeEach(() => {
  pair = new SimulatedPair();
  ({ session, port } = openSession(pair));
  ({ application } = session);
});

function comeBack(): void {
  pair.reconnect();
  pair.pass(100);
}

const baudRate = (rate: number): PortEvent => ({
  kind: 'settings',
  settings: { ...defaultLineSettings, baudRate: rate },
});
const rateOf = (event: PortEvent) => ('settings' in event ? event.settings.baudRate : undefined);

describe('a session whose connection was cut', () => {
  it('goes on with what was under way, both ways', () => {
    application.write(900);
    application.request({ kind: 'drain' });
    port.make(5_000);
    port.happen({ kind: 'break' });
    port.make(70);
    pair.cut();
    expect([application.isCut, port.isCut]).toEqual([true, true]);
    comeBack();
    expect([application.receivedOffset, port.receivedOffset]).toEqual([5_070, 900]);
    expect(application.events).toEqual([{ offset: 5_000, event: { kind: 'break' } }]);
    expect(port.requests).toEqual([{ offset: 900, request: { kind: 'drain' } }]);
    expect([application.isCut, port.isCut, port.session.resumptions]).toEqual([false, false, 1]);
  });

  it('takes requests and no bytes while it is cut, and tells when it takes bytes again', () => {
    pair.cut();
    application.write(10);
    application.request({ kind: 'drain' });
    expect(application.unwrittenBytes).toBe(10);
    comeBack();
    expect(port.requests).toEqual([{ offset: 0, request: { kind: 'drain' } }]);
    expect(port.receivedOffset).toBe(10);
  });

  it('does not apply a request twice whose answer was lost', () => {
    application.request({ kind: 'configure', change: { baudRate: 300 } });
    pair.pass(10);
    port.finishNext();
    pair.cut();
    comeBack();
    expect(port.requests).toHaveLength(1);
    expect(application.answers).toMatchObject([{ sequence: 1, settings: { baudRate: 300 } }]);
  });

  it('is told of what is present once, and of what happened as it happened', () => {
    pair.cut();
    for (const rate of [1, 2, 3]) port.happen(baudRate(rate));
    port.happen({ kind: 'drained', sent: 4 });
    port.happen({ kind: 'lost', reason: 'unplugged' });
    port.happen({ kind: 'back', settings: { ...defaultLineSettings, baudRate: 4 }, lines: noModemLines });
    port.happen({ kind: 'drained', sent: 5 });
    port.happen({ kind: 'drained', sent: 6 });
    comeBack();
    expect(application.events.map(({ event }) => event.kind)).toEqual([
      'settings',
      'drained',
      'lost',
      'back',
      'drained',
    ]);
    expect(application.events.map(({ event }) => rateOf(event)).filter(Number)).toEqual([3, 4]);
    expect(application.events.at(-1)?.event).toEqual({ kind: 'drained', sent: 6 });
  });

  it('is told the settings of the last answer last', () => {
    application.request({ kind: 'configure', change: { baudRate: 9 } });
    pair.pass(10);
    pair.cut();
    port.happen(baudRate(5));
    port.finishNext();
    comeBack();
    expect(application.settings?.baudRate).toBe(9);
  });

  it('ends when the client gives up waiting, with what had cut it', () => {
    pair.cut();
    application.session.close(undefined, pair.now);
    expect(application.endings).toMatchObject([{ code: 'connection-lost' }]);
    comeBack();
    expect(pair.connections.connector.sessionCount).toBe(0);
    expect(port.endings).toEqual([]);
    port.session.expire(expired);
    expect(port.endings).toEqual([expired]);
    expect(pair.keptSessions).toBe(0);
  });

  it('ends at both ends when the client gives up while the answer to RESUME is awaited', () => {
    pair.cut();
    pair.reconnect();
    pair.pass(1);
    application.session.close(undefined, pair.now);
    pair.pass(100);
    expect(application.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(port.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect([pair.connections.connector.sessionCount, pair.connections.accepter.sessionCount]).toEqual([0, 0]);
    expect(pair.keptSessions).toBe(0);
  });

  it.each([undefined, new SercliError('device-failed', { device: 'ttyS0', reason: 'EIO' })])(
    'that the port closes tells everything, and then how it ended',
    (error) => {
      port.make(100);
      pair.cut();
      port.happen({ kind: 'in-doubt', bytes: 7 });
      port.happen({ kind: 'drained', sent: 0 });
      port.close(error);
      expect(pair.keptSessions).toBe(1);
      comeBack();
      expect(application.receivedOffset).toBe(100);
      expect(application.events.map(({ event }) => event.kind)).toEqual(['in-doubt', 'drained']);
      expect(application.endings).toMatchObject([{ code: error?.code ?? 'session-ended' }]);
      expect(pair.keptSessions).toBe(0);
    },
  );

  it('that the port closes is not kept for ever', () => {
    pair.cut();
    port.close();
    port.session.expire(expired);
    expect(pair.keptSessions).toBe(0);
    comeBack();
    expect(application.endings).toMatchObject([{ code: 'session-unknown' }]);
    expect([pair.connections.connector.sessionCount, pair.connections.accepter.sessionCount]).toEqual([0, 0]);
  });

  it('that the client had closed ends when the device has everything', () => {
    application.write(100);
    application.session.close(undefined, pair.now);
    pair.pass(10);
    pair.cut();
    expect(application.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(port.endings).toEqual([]);
    port.take(everything);
    expect(port.endings).toEqual(['closed']);
    expect(pair.keptSessions).toBe(0);
  });

  it('is unknown to an agent that was started anew, and nothing of it is applied', () => {
    application.write(50);
    application.request({ kind: 'configure', change: { baudRate: 300 } });
    pair.restartAgent();
    pair.connection.lose('connector');
    comeBack();
    expect(application.endings).toMatchObject([{ code: 'session-unknown' }]);
    expect(port.receivedOffset).toBe(0);
    const again = openSession(pair);
    expect(again.session.application.openedWith).toBeDefined();
  });

  it('survives several cuts in a row, the next before the answer to RESUME', () => {
    application.write(900);
    port.make(2_000);
    for (let count = 0; count < 5; count += 1) {
      pair.cut();
      pair.reconnect();
      pair.pass(count);
    }
    comeBack();
    expect([application.receivedOffset, port.receivedOffset]).toEqual([2_000, 900]);
    expect(application.endings).toEqual([]);
  });
});

describe('an agent that has not noticed the cut', () => {
  it('gives up the old connection when the client comes back, and keeps all its sessions', () => {
    const other = openSession(pair);
    application.write(1_000);
    other.session.application.write(1_000);
    const old = pair.connection;
    // Everything that is under way arrives late, on a connection that is over.
    old.break({ connector: 0, accepter: everything });
    old.lose('connector');
    pair.reconnect();
    pair.pass(5_000);
    expect(old.endings.accepter).toMatchObject([{ code: 'connection-lost' }]);
    expect([port.receivedOffset, other.port.receivedOffset]).toEqual([1_000, 1_000]);
    expect([port.endings, other.port.endings]).toEqual([[], []]);
    expect([port.session.resumptions, other.port.session.resumptions]).toEqual([1, 1]);
  });
});

describe('a client that is away', () => {
  const limits = { ...defaultLimits, keptMessages: 20 };

  beforeEach(() => {
    pair = new SimulatedPair({ limits });
    ({ session, port } = openSession(pair));
    ({ application } = session);
  });

  it('has no more than its window kept for it', () => {
    port.make(10 * limits.receiveWindowBytes);
    pair.pass(100);
    pair.cut();
    port.make(1_000);
    expect(port.session.sentOffset).toBe(limits.receiveWindowBytes);
    expect(port.session.sendableBytes).toBe(0);
  });

  it('has no more than keptMessages kept for it: then it is given up, and is told why', () => {
    pair.cut();
    for (let count = 0; count < 21; count += 1) port.happen({ kind: 'break' });
    expect(port.endings).toMatchObject([{ code: 'session-ended' }]);
    comeBack();
    expect(application.events).toHaveLength(20);
    expect(application.endings).toMatchObject([{ code: 'session-ended' }]);
    expect(application.endings[0]?.message).toContain('20 events wait for the client');
    expect(pair.keptSessions).toBe(0);
  });

  it('may be away for any number of changes of the present', () => {
    pair.cut();
    for (let count = 0; count < 1_000; count += 1) port.happen({ kind: 'drained', sent: count });
    comeBack();
    expect(application.events.map(({ event }) => event)).toEqual([{ kind: 'drained', sent: 999 }]);
  });

  it('may be there for any number of events', () => {
    for (let count = 0; count < 1_000; count += 1) {
      port.happen({ kind: 'break' });
      if (count % 4 === 3) pair.pass(5);
    }
    expect(application.events).toHaveLength(1_000);
    expect(port.endings).toEqual([]);
  });
});

describe('a session that is not open yet', () => {
  it('ends with the connection, as nothing could go on', () => {
    const waiting = pair.open('later');
    pair.pass(10);
    pair.cut();
    expect(waiting.application.endings).toMatchObject([{ code: 'connection-lost' }]);
    waiting.port?.accept();
    expect(waiting.port?.isAccepted).toBe(false);
  });

  it('that nobody keeps ends with the connection at both ends', () => {
    const waiting = pair.open('later');
    pair.pass(10);
    const accepted = waiting.port?.session;
    const ended: string[] = [];
    const opened = { name: 'ttyS0', device: '', epoch: '', offset: 0 };
    accepted?.accept(
      { ...opened, settings: defaultLineSettings, lines: noModemLines },
      {
        ...{ received: () => undefined, request: () => undefined, sendable: () => undefined },
        ...{ taken: () => 0, closing: () => undefined, ended: ({ code }) => void ended.push(code) },
      },
    );
    pair.pass(10);
    pair.cut();
    expect(ended).toEqual(['connection-lost']);
    expect(waiting.application.endings).toMatchObject([{ code: 'connection-lost' }]);
  });
});

describe('going on', () => {
  it('with a session that is not cut is a defect of the caller, and harms nothing', () => {
    const { connector } = pair.connections;
    expect(() => connector.carry(application.session)).toThrowError(expect.objectContaining({ code: 'internal' }));
    application.write(10);
    pair.pass(100);
    expect(port.receivedOffset).toBe(10);
    expect(connector.sessionCount).toBe(1);
  });
});
