import { describe, expect, it } from 'vitest';
import { SercliError } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { rawFrame } from '../testing/raw-frames.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedApplication } from '../testing/simulated-application.ts';
import { SimulatedPair } from '../testing/simulated-pair.ts';
import type { SimulatedPort } from '../testing/simulated-port.ts';
import { wireVersion } from './message-table.ts';

const { greetingMs, pingMs, deadMs } = defaultLimits;

describe('the greeting', () => {
  it('comes first and at once from each side, and is told', () => {
    const peer = ScriptedPeer.greeted('accepter');
    expect(peer.heard.items).toEqual([
      {
        kind: 'message',
        channel: 0,
        message: { type: 'hello', wire: wireVersion, name: 'tested', software: 'test/1' },
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

  it('of another wire version is refused with both numbers', () => {
    const peer = new ScriptedPeer('accepter');
    peer.say(0, { type: 'hello', wire: 2, name: 'later', software: 'later' });
    expect(peer.endings).toMatchObject([{ code: 'wire-version', fields: { theirs: 2, ours: wireVersion } }]);
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
    expect(pair.pings).toEqual({ connector: 12, accepter: 12 });
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
      application.session = peer.connection.openSession('ttyS0', {}, application);
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
    const open = () => peer.connection.openSession('ttyS0', {}, new SimulatedApplication(0, () => peer.now));
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
