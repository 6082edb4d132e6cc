import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { defaultLineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import { patternBytes } from '../testing/byte-sequences.ts';
import { jsonBodyOf, rawFrame } from '../testing/raw-frames.ts';
import { ScriptedPeer } from '../testing/scripted-peer.ts';
import { SimulatedApplication } from '../testing/simulated-application.ts';
import { SimulatedPort } from '../testing/simulated-port.ts';
import { dataType, type MessageOf, messageTable, oldestWire } from './message-table.ts';
import type { PortRequest } from './messages/request.ts';

const limits = { ...defaultLimits, sessionsPerConnection: 3, pendingRequests: 4, sequenceSteps: 5, stepWaitMs: 100 };
const { sendWindowMinBytes, receiveWindowBytes, dataBytes } = limits;

const hello = { type: 'hello', wire: oldestWire, name: 'x', software: 'x' } as const;
const open = { type: 'open', port: 'ttyS0', settings: {}, window: 1000 } as const;
const opened = {
  type: 'opened',
  name: 'ttyS0',
  device: '/dev/ttyS0',
  epoch: 'first',
  offset: 50,
  limit: 100,
  settings: defaultLineSettings,
  lines: noModemLines,
} as const;
const oneByte = Uint8Array.of(1);

function request(sequence: number, offset = 0, what: PortRequest = { kind: 'drain' }): MessageOf<'request'> {
  return { type: 'request', sequence, offset, request: what };
}

/** An agent's connection with a session on channel 1 whose device takes nothing. */
function agentWithSession(): { peer: ScriptedPeer; port: SimulatedPort } {
  const peer = ScriptedPeer.greeted('accepter', limits);
  peer.say(1, open);
  const [session] = peer.opened;
  if (session === undefined) throw new Error('no session came');
  const port = new SimulatedPort(session, 0, 0, () => peer.now);
  port.accept();
  return { peer, port };
}

/** A client's connection with a session on channel 1; `isOpen` unless OPENED is still to come. */
function clientWithSession(isOpen: boolean): { peer: ScriptedPeer; application: SimulatedApplication } {
  const peer = ScriptedPeer.greeted('connector', limits);
  const application = new SimulatedApplication(0, () => peer.now);
  application.session = peer.connection.openSession({ port: 'ttyS0' }, application);
  if (isOpen) peer.say(1, opened);
  return { peer, application };
}

function expectEnd(peer: ScriptedPeer, code: ErrorCode, says: string): void {
  expect(peer.endings).toMatchObject([{ code }]);
  expect(peer.endings[0]?.message).toContain(says);
  expect(peer.lastWords?.error?.code).toBe(code);
  expect(peer.connection.isEnded).toBe(true);
  expect(peer.connection.sessionCount).toBe(0);
  const sent = peer.heard.items.length;
  peer.say(0, { type: 'ping', number: 1 });
  expect(peer.heard.items).toHaveLength(sent);
}

type Attack = [what: string, code: ErrorCode, says: string, act: (peer: ScriptedPeer) => void];

const onAccepters: Attack[] = [
  ['a second HELLO', 'frame-unexpected', 'where one came before', (peer) => peer.say(0, hello)],
  ['OPEN on a used channel', 'frame-unexpected', 'where the session is open', (peer) => peer.say(1, open)],
  ['data on an unknown channel', 'frame-unexpected', 'where no session is', (peer) => peer.sayData(2, 0, oneByte)],
  ['no data on an unknown channel', 'frame-unexpected', 'no session', (peer) => peer.sayData(2, 0, new Uint8Array(0))],
  ['a request on an unknown channel', 'frame-unexpected', 'where no session is', (peer) => peer.say(2, request(1))],
  ['CLOSE on an unknown channel', 'frame-unexpected', 'where no session is', (peer) => peer.say(2, { type: 'close' })],
  [
    'more sessions than the limit',
    'agent-full',
    '3 sessions',
    (peer) => {
      for (const channel of [2, 3, 4]) peer.say(channel, open);
    },
  ],
  [
    'data on a session that is not open',
    'frame-unexpected',
    'where the session is opening',
    (peer) => {
      peer.say(2, open);
      peer.sayData(2, 0, oneByte);
    },
  ],
  [
    'data beyond its credit',
    'credit-exceeded',
    `the window ends at ${sendWindowMinBytes}`,
    (peer) => peer.sayData(1, 0, patternBytes(1, 0, sendWindowMinBytes + 1)),
  ],
  ['data that leaves out a byte', 'frame-malformed', 'byte 0 is next', (peer) => peer.sayData(1, 1, oneByte)],
  [
    'data again',
    'frame-malformed',
    'byte 5 is next',
    (peer) => {
      peer.sayData(1, 0, patternBytes(1, 0, 5));
      peer.sayData(1, 0, patternBytes(1, 0, 5));
    },
  ],
  [
    'data after CLOSE',
    'frame-unexpected',
    'where the session is closing',
    (peer) => {
      peer.sayData(1, 0, patternBytes(1, 0, 5));
      peer.say(1, { type: 'close' });
      peer.sayData(1, 5, oneByte);
    },
  ],
  [
    'a second CLOSE',
    'frame-unexpected',
    'where the session is closing',
    (peer) => {
      peer.sayData(1, 0, patternBytes(1, 0, 5));
      peer.say(1, { type: 'close' });
      peer.say(1, { type: 'close' });
    },
  ],
  [
    'an ACK of bytes that were not sent',
    'frame-malformed',
    'it acknowledges byte 1 and message 0, and byte 0',
    (peer) => peer.say(1, { type: 'ack', sequence: 0, offset: 1, limit: 1000 }),
  ],
  ['a request that skips a number', 'frame-malformed', 'it is number 2', (peer) => peer.say(1, request(2))],
  ['a request at a byte to come', 'frame-malformed', 'at byte 7', (peer) => peer.say(1, request(1, 7))],
  [
    'the same request again',
    'frame-malformed',
    'and 2 at 0 is next',
    (peer) => {
      peer.say(1, request(1));
      peer.say(1, request(1));
    },
  ],
  [
    'too many requests',
    'frame-unexpected',
    '4 requests wait already',
    (peer) => {
      for (const sequence of [1, 2, 3, 4, 5]) peer.say(1, request(sequence));
    },
  ],
  [
    'a sequence with too many steps',
    'frame-malformed',
    'at most 5 steps',
    (peer) => peer.say(1, request(1, 0, { kind: 'run-sequence', steps: Array.from({ length: 6 }, () => ({})) })),
  ],
  [
    'a step that waits too long',
    'frame-malformed',
    'of at most 100 ms',
    (peer) => peer.say(1, request(1, 0, { kind: 'run-sequence', steps: [{ waitMs: 101 }] })),
  ],
  [
    'DATA that is too long',
    'frame-too-large',
    `limit is ${dataBytes + 8}`,
    (peer) => peer.sayData(1, 0, new Uint8Array(dataBytes + 1)),
  ],
  ['an unknown type', 'frame-unknown', '0x7f', (peer) => peer.sayBytes(rawFrame({ type: 0x7f }))],
  [
    'a 16 KB word where a short one is meant',
    'frame-malformed',
    'request.kind',
    (peer) => {
      const body = jsonBodyOf({ sequence: 1, offset: 0, request: { kind: 'x'.repeat(16_000) } });
      peer.sayBytes(rawFrame({ type: messageTable.request.byte, channel: 1, body }));
    },
  ],
];

const onConnectors: Attack[] = [
  ['OPENED twice', 'frame-unexpected', 'where the session is open', (peer) => peer.say(1, opened)],
  ['data beyond its credit', 'credit-exceeded', `ends at ${50 + receiveWindowBytes}`, overfill],
  ['data that leaves out a byte', 'frame-malformed', 'byte 50 is next', (peer) => peer.sayData(1, 51, oneByte)],
  [
    'an ACK of bytes that were not sent',
    'frame-malformed',
    'it acknowledges byte 1 and message 0, and byte 0',
    (peer) => peer.say(1, { type: 'ack', sequence: 0, offset: 1, limit: 1000 }),
  ],
  [
    'an event that skips a number',
    'frame-malformed',
    'it is number 2 at byte 50',
    (peer) => peer.say(1, { type: 'event', sequence: 2, offset: 50, event: { kind: 'break' } }),
  ],
  [
    'an event at a byte to come',
    'frame-malformed',
    'and 1 at 50 is next',
    (peer) => peer.say(1, { type: 'event', sequence: 1, offset: 51, event: { kind: 'break' } }),
  ],
  ['OPENED on an unknown channel', 'frame-unexpected', 'where no session is', (peer) => peer.say(9, opened)],
];

const onOpeningConnectors: Attack[] = [
  ['data before OPENED', 'frame-unexpected', 'where the session is opening', (peer) => peer.sayData(1, 0, oneByte)],
  [
    'an ACK before OPENED',
    'frame-unexpected',
    'where the session is opening',
    (peer) => peer.say(1, { type: 'ack', sequence: 0, offset: 0, limit: 1000 }),
  ],
  [
    'an event before OPENED',
    'frame-unexpected',
    'where the session is opening',
    (peer) => peer.say(1, { type: 'event', sequence: 1, offset: 0, event: { kind: 'break' } }),
  ],
  [
    'DONE before OPENED',
    'frame-unexpected',
    'where the session is opening',
    (peer) => peer.say(1, { type: 'done', sequence: 1 }),
  ],
];

/** As many frames as the window takes, and one byte. */
function overfill(peer: ScriptedPeer): void {
  for (let sent = 0; sent <= receiveWindowBytes; sent += dataBytes) {
    peer.sayData(1, 50 + sent, patternBytes(0, 50 + sent, dataBytes));
  }
}

describe('an agent', () => {
  it.each(onAccepters)('ends the connection at %s', (_what, code, says, act) => {
    const { peer, port } = agentWithSession();
    act(peer);
    expectEnd(peer, code, says);
    expect(port.endings).toMatchObject([{ code }]);
  });

  it.each<[string, (peer: ScriptedPeer) => void]>([
    ['a PING', (peer) => peer.say(0, { type: 'ping', number: 1 })],
    ['an OPEN', (peer) => peer.say(1, open)],
    ['a CLOSE of a session', (peer) => peer.say(1, { type: 'close' })],
    ['data', (peer) => peer.sayData(1, 0, oneByte)],
  ])('ends the connection at %s before HELLO', (_what, act) => {
    const peer = new ScriptedPeer('accepter', limits);
    act(peer);
    expect(peer.endings).toMatchObject([{ code: 'frame-unexpected' }]);
    expect(peer.lastWords?.error?.code).toBe('frame-unexpected');
    expect(peer.opened).toEqual([]);
  });

  it('judges a DATA frame part by part, and hands on nothing beyond the window', () => {
    const { peer, port } = agentWithSession();
    const frame = rawFrame({ type: dataType, channel: 1, length: 8 + dataBytes, body: new Uint8Array(8) });
    peer.sayBytes(frame);
    for (let at = 0; at < dataBytes && !peer.connection.isEnded; at += 500) peer.sayBytes(patternBytes(1, at, 500));
    expectEnd(peer, 'credit-exceeded', 'on channel 1');
    expect(port.receivedOffset).toBe(sendWindowMinBytes - (sendWindowMinBytes % 1_000));
  });

  it('answers a flood of pings without keeping any', () => {
    const { peer } = agentWithSession();
    for (let number = 0; number < 10_000; number += 1) peer.say(0, { type: 'ping', number });
    expect(peer.heard.messages('pong')).toHaveLength(10_000);
    expect(peer.endings).toEqual([]);
  });

  it('counts sessions that are closing, so that closing again and again gains nothing', () => {
    const { peer } = agentWithSession();
    peer.sayData(1, 0, patternBytes(1, 0, 5));
    peer.say(1, { type: 'close' });
    for (const channel of [2, 3, 4]) peer.say(channel, open);
    expect(peer.endings).toMatchObject([{ code: 'agent-full' }]);
  });
});

describe('a client', () => {
  it.each(onConnectors)('ends the connection at %s', (_what, code, says, act) => {
    const { peer, application } = clientWithSession(true);
    act(peer);
    expectEnd(peer, code, says);
    expect(application.endings).toMatchObject([{ code }]);
  });

  it.each(onOpeningConnectors)('ends the connection at %s', (_what, code, says, act) => {
    const { peer, application } = clientWithSession(false);
    act(peer);
    expectEnd(peer, code, says);
    expect(application.endings).toMatchObject([{ code }]);
  });
});
