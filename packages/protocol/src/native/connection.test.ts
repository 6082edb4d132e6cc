import { describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { patternBytes } from '../testing/byte-sequences.ts';
import { rawFrame } from '../testing/raw-frames.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedApplication } from '../testing/simulated-application.ts';
import { SimulatedPair } from '../testing/simulated-pair.ts';
import { SimulatedPort } from '../testing/simulated-port.ts';
import type { AccepterSession } from './accepter-session.ts';
import { newestWire, oldestWire } from './message-table.ts';

const { greetingMs, pingMs, deadMs } = defaultLimits;

describe('the greeting', () => {
  it('comes first and at once from each side, and is told', () => {
    const peer = ScriptedPeer.greeted('accepter');
    expect(peer.heard.items).toEqual([
      {
        kind: 'message',
        channel: 0,
        message: { type: 'hello', wire: oldestWire, newest: newestWire, name: 'tested', software: 'test/1' },
      },
    ]);
    expect(peer.greetings).toMatchObject([{ name: 'scripted' }]);
  });

  it('is awaited for greetingMs', () => {
    const peer = new ScriptedPeer('accepter');
    expect(peer.connection.nextTickAt).toBe(greetingMs);
    peer.passTo(greetingMs - 1);
    expect(peer.endings).toEqual([]);
    peer.passTo(greetingMs);
    expect(peer.endings).toMatchObject([{ code: 'peer-silent', fields: { ms: greetingMs } }]);
    expect(peer.lastWords?.error?.code).toBe('peer-silent');
    expect(peer.connection.nextTickAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('is still awaited where the peer sends nothing but frames that are skipped', () => {
    const peer = new ScriptedPeer('accepter');
    peer.passTo(greetingMs - 1);
    peer.sayBytes(rawFrame({ type: 0x80 }));
    peer.passTo(greetingMs);
    expect(peer.endings).toMatchObject([{ code: 'peer-silent' }]);
    expect(peer.connection.skippedFrames).toBe(1);
  });

  it('of versions that are all later is refused with both numbers', () => {
    const peer = new ScriptedPeer('accepter');
    const theirs = newestWire + 2;
    peer.say(0, { type: 'hello', wire: newestWire + 1, newest: theirs, name: 'later', software: 'later' });
    expect(peer.endings).toMatchObject([{ code: 'wire-version', fields: { theirs, ours: newestWire } }]);
    expect(peer.lastWords?.error?.code).toBe('wire-version');
    expect(peer.greetings).toEqual([]);
  });

  it('may be a CLOSE instead', () => {
    const peer = new ScriptedPeer('connector');
    const error = { code: 'wire-version', message: '', fields: { theirs: 1, ours: 2 } };
    peer.say(0, { type: 'close', error });
    expect(peer.endings).toMatchObject([{ code: 'wire-version' }]);
    expect(peer.heard.messages('close')).toEqual([]);
  });
});

describe('keepalive', () => {
  it('pings a quiet peer every pingMs and gives it up after deadMs', () => {
    const peer = ScriptedPeer.greeted('connector');
    expect(peer.connection.nextTickAt).toBe(pingMs);
    peer.passTo(deadMs - 1);
    expect(peer.heard.messages('ping')).toEqual([
      { type: 'ping', number: 1 },
      { type: 'ping', number: 2 },
    ]);
    expect(peer.connection.nextTickAt).toBe(deadMs);
    peer.passTo(deadMs);
    expect(peer.endings).toMatchObject([{ code: 'peer-silent', fields: { ms: deadMs } }]);
  });

  it('takes any byte for a sign of life', () => {
    const peer = ScriptedPeer.greeted('connector');
    peer.passTo(10_000);
    peer.sayBytes(Uint8Array.of(0x03));
    peer.passTo(10_000 + deadMs - 1);
    expect(peer.endings).toEqual([]);
    peer.passTo(10_000 + deadMs);
    expect(peer.endings).toHaveLength(1);
  });

  it('keeps two quiet connections for as long as they live', () => {
    const pair = new SimulatedPair();
    pair.pass(60_100);
    expect(pair.connection.pings).toEqual({ connector: 12, accepter: 12 });
    expect(pair.endings).toEqual({ connector: [], accepter: [] });
  });

  it('measures the round trip', () => {
    const manner = (ms: number) => ({ delaysMs: [ms], chunkSizes: [1] });
    const pair = new SimulatedPair({ toAccepter: manner(30), toConnector: manner(50) });
    pair.pass(6_000);
    expect(pair.connections.connector.roundTripMs).toBe(80);
    expect(pair.connections.accepter.roundTripMs).toBe(80);
  });

  it('answers a ping with its number, and ignores a pong of another', () => {
    const peer = ScriptedPeer.greeted('accepter');
    peer.say(0, { type: 'ping', number: 77 });
    expect(peer.heard.messages('pong')).toEqual([{ type: 'pong', number: 77 }]);
    peer.passTo(pingMs + 40);
    peer.say(0, { type: 'pong', number: 9 });
    expect(peer.connection.roundTripMs).toBe(0);
    peer.say(0, { type: 'pong', number: 1 });
    expect(peer.connection.roundTripMs).toBe(40);
  });
});

describe('sessions', () => {
  it('that are refused leave the others alone', () => {
    const pair = new SimulatedPair();
    const kept = pair.open('now');
    const refused = pair.open('refused');
    pair.pass(100);
    expect(refused.application.endings).toMatchObject([{ code: 'port-busy', fields: { holder: 'desk' } }]);
    expect(kept.application.endings).toEqual([]);
    expect(pair.connections.connector.sessionCount).toBe(1);
    expect(pair.connections.accepter.sessionCount).toBe(1);
  });

  it('hold requests back until they are open', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('later');
    application.request({ kind: 'drain' });
    application.request({ kind: 'configure', change: { baudRate: 300 } });
    application.write(10);
    pair.pass(100);
    const port = pair.sessions[0]?.port;
    expect(port?.waitingRequests).toBe(0);
    port?.accept();
    pair.pass(100);
    expect(port?.waitingRequests).toBe(2);
    expect(port?.receivedOffset).toBe(10);
    expect(pair.endings.connector).toEqual([]);
  });

  it('know at the answer to a drain that every byte before it was taken', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    pair.pass(10);
    application.write(100);
    application.request({ kind: 'drain' });
    pair.pass(10);
    const takenAtDone: number[] = [];
    application.done = () => void takenAtDone.push(application.session.takenOffset);
    pair.sessions[0]?.port?.take(100);
    pair.sessions[0]?.port?.finishNext();
    pair.pass(2);
    expect(takenAtDone).toEqual([100]);
  });

  it.each([undefined, new SercliError('aborted', { what: 'it' })])('may be given up before they are open', (error) => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    application.session.close(error, pair.now);
    pair.pass(100);
    expect(application.endings).toEqual([error]);
    expect(pair.connections.connector.sessionCount + pair.connections.accepter.sessionCount).toBe(0);
    expect(pair.endings.connector).toEqual([]);
  });

  it('may be given up while they close', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    pair.pass(10);
    application.write(100);
    pair.pass(10);
    application.session.close(undefined, pair.now);
    pair.pass(1_000);
    expect(application.endings).toEqual([]);
    const error = new SercliError('aborted', { what: 'it' });
    application.session.close(error, pair.now);
    expect(application.endings).toEqual([error]);
    pair.sessions[0]?.port?.take(100);
    pair.pass(100);
    expect(application.endings).toEqual([error]);
    expect(pair.connections.connector.sessionCount + pair.connections.accepter.sessionCount).toBe(0);
  });

  it('take a channel again only when both sides have left it', () => {
    const peer = ScriptedPeer.greeted('connector');
    const open = () => {
      const application = new SimulatedApplication(0, () => peer.now);
      application.session = peer.connection.openSession({ port: 'ttyS0' }, application);
      return application;
    };
    const channels = () =>
      peer.heard.items.flatMap((item) =>
        item.kind === 'message' && item.message.type === 'open' ? [item.channel] : [],
      );
    const first = open();
    first.session.close(undefined, peer.now);
    for (let count = 2; count <= 65_535; count += 1) {
      open().session.close(undefined, peer.now);
      peer.say(count, { type: 'close' });
    }
    open();
    expect(channels().slice(-2)).toEqual([65_535, 2]);
    peer.say(1, { type: 'close' });
    expect(peer.connection.sessionCount).toBe(1);
    expect(peer.endings).toEqual([]);
  });

  it('are refused to the own side beyond the limit, and when the connection is over', () => {
    const peer = ScriptedPeer.greeted('connector', { ...defaultLimits, sessionsPerConnection: 1 });
    const open = () => peer.connection.openSession({ port: 'ttyS0' }, new SimulatedApplication(0, () => peer.now));
    open();
    expect(open).toThrowError(expect.objectContaining({ code: 'agent-full' }));
    peer.connection.close();
    expect(open).toThrowError(expect.objectContaining({ code: 'closed' }));
  });

  it('end with the connection, on both sides', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    pair.pass(10);
    pair.connections.connector.close();
    pair.pass(10);
    expect(pair.endings).toEqual({ connector: [undefined], accepter: [undefined] });
    expect(application.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(pair.sessions[0]?.port?.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(pair.connections.accepter.sessionCount).toBe(0);
  });

  it('get on behind a flush, though nobody reads', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    pair.pass(10);
    pair.sessions[0]?.port?.make(10 * defaultLimits.receiveWindowBytes);
    pair.pass(10);
    application.request({ kind: 'flush', queue: 'received' });
    pair.pass(10);
    pair.sessions[0]?.port?.make(1_000);
    pair.pass(100);
    expect(application.unreadBytes).toBe(1_000);
  });

  it('call a request applied when every one before it is', () => {
    const peer = ScriptedPeer.greeted('accepter');
    peer.say(1, { type: 'open', port: 'ttyS0', settings: {}, window: 1_000 });
    const port = new SimulatedPort(peer.opened[0] as AccepterSession, 0, 0, () => peer.now);
    port.accept();
    peer.sayData(1, 0, patternBytes(1, 0, 5));
    peer.say(1, { type: 'request', sequence: 1, offset: 5, request: { kind: 'drain' } });
    peer.say(1, { type: 'request', sequence: 2, offset: 5, request: { kind: 'flush', queue: 'received' } });
    peer.passTo(100);
    expect(peer.heard.messages('done')).toMatchObject([{ sequence: 2 }]);
    expect(peer.heard.messages('ack').filter(({ sequence }) => sequence > 0)).toEqual([]);
    port.take(5);
    port.finishNext();
    peer.passTo(200);
    expect(peer.heard.messages('ack').at(-1)).toMatchObject({ sequence: 2, offset: 5 });
  });

  it('do not go back for a flush that discards less than has come', () => {
    const peer = ScriptedPeer.greeted('connector');
    const application = new SimulatedApplication(0, () => peer.now);
    application.session = peer.connection.openSession({ port: 'ttyS0' }, application);
    const fields = { name: 'ttyS0', device: '/dev/ttyS0', epoch: 'first', offset: 0, limit: 0 };
    peer.say(1, { type: 'opened', ...fields, settings: defaultLineSettings, lines: noModemLines });
    application.request({ kind: 'flush', queue: 'received' });
    peer.sayData(1, 0, patternBytes(0, 0, 10));
    peer.say(1, { type: 'done', sequence: 1, discardedTo: 4 });
    peer.sayData(1, 10, patternBytes(0, 10, 10));
    expect(application.receivedOffset).toBe(20);
    expect(peer.endings).toEqual([]);
  });

  it('get on behind a gap that is longer than the window', () => {
    const pair = new SimulatedPair();
    const { application } = pair.open('now');
    pair.pass(10);
    const port = pair.sessions[0]?.port as SimulatedPort;
    port.happen({ kind: 'gap', bytes: 10 * defaultLimits.receiveWindowBytes });
    port.make(1_000);
    pair.pass(1_000);
    expect(application.unreadBytes).toBe(1_000);
  });
});
