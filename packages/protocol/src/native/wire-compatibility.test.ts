import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { joinBytes, patternBytes } from '../testing/byte-sequences.ts';
import { FrameLog } from '../testing/frame-log.ts';
import { fromHex, type GoldenVector } from '../testing/golden-vectors.ts';
import { jsonBodyOf, rawFrame } from '../testing/raw-frames.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedPair } from '../testing/simulated-pair.ts';
import { SimulatedPort } from '../testing/simulated-port.ts';
import { isOfWire1 } from '../testing/wire-1-frames.ts';
import type { AccepterSession } from './accepter-session.ts';
import type { ConnectorHandlers } from './connector-handlers.ts';
import type { SessionRequest } from './connector-session.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { messageTable } from './message-table.ts';
import type { PortEvent } from './messages/event.ts';

const everything = Number.POSITIVE_INFINITY;

/** A pair of which one side knows no version but 1, and what each says. */
function olderPair(newestWire: { connector: number; accepter: number }) {
  const said = { connector: new FrameLog(), accepter: new FrameLog() };
  const decoders = {
    connector: new FrameDecoder(said.connector, 'connector', defaultLimits),
    accepter: new FrameDecoder(said.accepter, 'accepter', defaultLimits),
  };
  const pair = new SimulatedPair({ newestWire, sent: (from, frame) => decoders[from].push(joinBytes(frame)) });
  const newItems = () => [...said.connector.items, ...said.accepter.items].filter((item) => !isOfWire1(item));
  return { pair, newItems };
}

describe.each([
  ['an older client and agent', { connector: 1, accepter: 1 }],
  ['an older client', { connector: 1, accepter: 2 }],
  ['an older agent', { connector: 2, accepter: 1 }],
])('with %s', (_who, newestWire) => {
  it('everything of version 1 works, and nothing later is said', () => {
    const { pair, newItems } = olderPair(newestWire);
    const { application } = pair.open('now', 77);
    pair.pass(10);
    const port = pair.sessions[0]?.port as SimulatedPort;
    application.write(500);
    for (const queue of ['received', 'unsent'] as const) application.request({ kind: 'flush', queue });
    application.request({ kind: 'configure', change: { baudRate: 300 } });
    application.request({ kind: 'run-sequence', steps: [{ break: true, waitMs: 1 }] });
    application.request({ kind: 'drain' });
    port.make(900);
    port.happen({ kind: 'break' });
    port.happen({ kind: 'drained', sent: 3 });
    port.happen({ kind: 'gap', bytes: 12 });
    port.happen({ kind: 'settings', settings: defaultLineSettings });
    port.happen({ kind: 'lost', reason: 'unplugged' });
    port.happen({ kind: 'back', settings: defaultLineSettings, lines: noModemLines });
    port.make(900);
    for (let turn = 0; turn < 10; turn += 1) {
      application.consume(everything);
      port.take(everything);
      port.finishNext();
      pair.pass(50);
    }
    expect([application.receivedOffset, port.receivedOffset]).toEqual([port.madeOffset, 500]);
    expect(application.events.map(({ event }) => event.kind)).toEqual(['break', 'gap', 'settings']);
    expect(application.answers).toHaveLength(5);
    application.session.close(undefined, pair.now);
    pair.pass(100);
    expect([application.endings, port.endings]).toEqual([[undefined], ['closed']]);
    expect(newItems()).toEqual([]);
  });

  it('a cut ends the session at both ends, and nothing is kept', () => {
    const { pair, newItems } = olderPair(newestWire);
    const { application } = pair.open('now');
    pair.pass(10);
    const port = pair.sessions[0]?.port;
    application.write(100);
    pair.cut();
    expect(application.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(port?.endings).toMatchObject([{ code: 'connection-lost' }]);
    expect(pair.keptSessions).toBe(0);
    pair.reconnect();
    pair.pass(100);
    expect(pair.connections.connector.sessionCount).toBe(0);
    expect(newItems()).toEqual([]);
  });

  it('any number of events is told to a client that acknowledges none of them', () => {
    const { pair } = olderPair(newestWire);
    const { application } = pair.open('now');
    pair.pass(10);
    const count = 2 * defaultLimits.keptMessages;
    for (let turn = 0; turn < count; turn += 1) pair.sessions[0]?.port?.happen({ kind: 'break' });
    pair.pass(100);
    expect(application.events).toHaveLength(count);
  });
});

describe('an older agent', () => {
  it.each<[string, Omit<SessionRequest, 'port'>]>([
    ['role', { role: 'monitor' }],
    ['takes', { takes: true }],
    ['start', { start: { kind: 'all' } }],
  ])('is not asked for what it does not know: %s', (what, request) => {
    const { pair, newItems } = olderPair({ connector: 2, accepter: 1 });
    const { application } = pair.open('now', 0, request);
    pair.pass(100);
    expect(application.endings).toMatchObject([{ code: 'peer-too-old', fields: { needs: 2, wire: 1 } }]);
    expect(application.endings[0]?.message).toContain(what);
    expect(pair.sessions[0]?.port).toBeUndefined();
    expect(pair.connections.connector.sessionCount).toBe(0);
    const simple = pair.open('now');
    pair.pass(100);
    expect(simple.application.openedWith).toBeDefined();
    expect(newItems()).toEqual([]);
  });

  it('that takes the place of a newer one is not asked to go on', () => {
    const { pair, newItems } = olderPair({ connector: 2, accepter: 2 });
    const { application } = pair.open('now');
    pair.pass(10);
    const before = newItems().length;
    pair.restartAgent(1);
    pair.connection.lose('connector');
    pair.reconnect();
    pair.pass(100);
    expect(application.endings).toMatchObject([{ code: 'session-unknown' }]);
    expect(newItems()).toHaveLength(before);
    expect(pair.endings).toEqual({ connector: [], accepter: [] });
  });
});

const file = new URL('../../vectors/wire-1.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as GoldenVector[];

/** The frame of version 1 that has this name, byte for byte. */
function frame(name: string): Uint8Array {
  const vector = vectors.find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error(`no vector is called ${name}`);
  return fromHex(vector.hex);
}

describe('an older client, byte for byte', () => {
  it('is served', () => {
    const peer = new ScriptedPeer('accepter');
    peer.sayBytes(joinBytes([frame('hello'), frame('open')]));
    const port = new SimulatedPort(peer.opened[0] as AccepterSession, 0, 0, () => peer.now);
    port.accept();
    port.make(812);
    peer.sayBytes(joinBytes([frame('ack'), frame('request: configure'), frame('request: run-sequence')]));
    peer.sayData(7, 0, patternBytes(1, 0, 9));
    peer.sayBytes(joinBytes([frame('request: drain'), frame('request: flush'), frame('ping')]));
    for (let count = 0; count < 3; count += 1) port.finishNext();
    port.happen({ kind: 'break' });
    port.take(everything);
    peer.sayBytes(frame('close of a session'));
    expect(port.endings).toEqual(['closed']);
    peer.sayBytes(frame('close of the connection'));
    expect(peer.endings).toEqual([undefined]);
    expect(peer.heard.messages('done').map(({ sequence }) => sequence)).toEqual([4, 1, 2, 3]);
    expect(peer.heard.items.filter((item) => !isOfWire1(item))).toEqual([]);
  });
});

describe('an older client', () => {
  it('is not told the token or the controller, nor is anything kept for it', () => {
    const peer = ScriptedPeer.ofWire1('accepter');
    peer.say(1, { type: 'open', port: 'ttyS0', settings: {}, window: 1_000 });
    const [session] = peer.opened;
    const [token, controller] = ['mine', { name: 'desk', address: '::1', since: '2026-11-22T10:04:00Z' }];
    const port = new SimulatedPort(session as AccepterSession, 0, 0, () => 0);
    const place = { name: 'ttyS0', device: '', epoch: '', offset: 0 };
    const cuts: string[] = [];
    const keeper = { cut: () => void cuts.push('cut'), resumed: () => undefined, over: () => void cuts.push('over') };
    session?.accept({ ...place, settings: defaultLineSettings, lines: noModemLines, token, controller }, port, keeper);
    expect(peer.heard.messages('opened')).toHaveLength(1);
    expect(peer.heard.items.filter((item) => !isOfWire1(item))).toEqual([]);
    peer.passTo(defaultLimits.deadMs);
    expect(port.endings).toMatchObject([{ code: 'peer-silent' }]);
    expect(cuts).toEqual(['over']);
  });
});

describe('an older agent, byte for byte', () => {
  const opened = messageTable.opened.byte;

  /** A client with a session on channel 7, which the vectors use, and what its owner was told. */
  function clientOnChannel7() {
    const peer = new ScriptedPeer('connector');
    const told = { events: [] as PortEvent[], done: [] as number[], bytes: [] as number[], endings: [] as unknown[] };
    const handlers: ConnectorHandlers = {
      opened: () => undefined,
      received: (bytes) => void told.bytes.push(...bytes),
      event: (event) => void told.events.push(event),
      discarded: () => undefined,
      done: ({ sequence }) => void told.done.push(sequence),
      writable: () => undefined,
      taken: () => 2 ** 32 + told.bytes.length,
      cut: () => undefined,
      resumed: () => undefined,
      ended: (error) => void told.endings.push(error?.code),
    };
    const sessions = Array.from({ length: 7 }, () => peer.connection.openSession({ port: 'ttyS0' }, handlers));
    peer.sayBytes(frame('hello in UTF-8'));
    const session = sessions[6];
    if (session === undefined) throw new Error('there are 7');
    return { peer, told, session };
  }

  it('is understood', () => {
    const { peer, told, session } = clientOnChannel7();
    for (let count = 0; count < 4; count += 1) session.request({ kind: 'drain' });
    peer.sayBytes(frame('opened'));
    peer.sayData(7, 2 ** 32, Uint8Array.of(1));
    peer.sayBytes(joinBytes([frame('data'), frame('done'), frame('done: settings in force')]));
    peer.sayBytes(joinBytes([frame('done: bytes discarded'), frame('done: failed')]));
    session.consumed(peer.now);
    peer.passTo(100);
    expect(told.bytes).toEqual([1, 0, 0xff, 0x0d, 0x0a, 0x11, 0x13, 0x1b]);
    expect(told.done).toEqual([3, 1, 4, 2]);
    peer.sayBytes(frame('close with an error'));
    expect(told.endings).toEqual(['device-lost']);
    expect(peer.endings).toEqual([]);
    expect(peer.heard.messages('ack').at(-1)).toMatchObject({ offset: 2 ** 32 + 8 });
    expect(peer.heard.items.filter((item) => !isOfWire1(item))).toEqual([]);
  });

  it('tells its events', () => {
    const { peer, told } = clientOnChannel7();
    const fields = { name: 'ttyS0', device: '/dev/ttyS0', epoch: 'k3n9', offset: 812, limit: 4096 };
    const body = jsonBodyOf({ ...fields, settings: defaultLineSettings, lines: noModemLines });
    peer.sayBytes(rawFrame({ type: opened, channel: 7, body }));
    const names = ['break', 'gap', 'gap of unknown length', 'line-error', 'inputs', 'settings'];
    for (const name of names) peer.sayBytes(frame(`event: ${name}`));
    expect(told.events.map(({ kind }) => kind)).toEqual(['break', 'gap', 'gap', 'line-error', 'inputs', 'settings']);
    expect(peer.endings).toEqual([]);
  });

  it('ends every session when its connection is cut', () => {
    const { peer, told } = clientOnChannel7();
    peer.sayBytes(frame('opened'));
    peer.passTo(defaultLimits.deadMs);
    expect(told.endings).toEqual(Array.from({ length: 7 }, () => 'peer-silent'));
  });
});
