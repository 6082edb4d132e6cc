import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../errors.ts';
import { defaultLimits } from '../limits.ts';
import { FrameLog } from '../testing/frame-log.ts';
import { jsonBodyOf, type RawFrame, rawFrame, textBody } from '../testing/raw-frames.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { dataType, type MessageName, messageTable, type Role } from './message-table.ts';

const types = Object.fromEntries(
  (Object.keys(messageTable) as MessageName[]).map((name) => [name, messageTable[name].byte]),
) as Record<MessageName, number>;

const noOffset = { channel: 1, type: dataType };
const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flowControl: 'none' };
const beyond = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0);

interface Fault {
  readonly what: string;
  readonly frame: RawFrame;
  readonly sender?: Role;
  readonly code: ErrorCode;
  readonly says: string;
}

const faultyHeaders: Fault[] = [
  { what: 'DATA too long', frame: { ...noOffset, length: 16_393 }, code: 'frame-too-large', says: 'limit is 16392' },
  { what: 'DATA without offset', frame: { ...noOffset, length: 7 }, code: 'frame-malformed', says: 'no offset' },
  { what: 'empty DATA', frame: { ...noOffset, length: 0 }, code: 'frame-malformed', says: 'no offset' },
  {
    what: 'DATA with flags',
    frame: { ...noOffset, flags: 1, length: 9 },
    code: 'frame-malformed',
    says: 'its flags are 1 instead of 0',
  },
  {
    what: 'DATA of the connection',
    frame: { type: dataType, channel: 0, length: 9 },
    code: 'frame-unexpected',
    says: 'the connection itself',
  },
  { what: 'type 0', frame: { type: 0 }, code: 'frame-unknown', says: 'unknown type 0x0' },
  { what: 'the last mandatory type', frame: { type: 0x7f }, code: 'frame-unknown', says: 'unknown type 0x7f' },
  { what: 'a huge unknown type', frame: { type: 0x7f, length: 2 ** 31 }, code: 'frame-too-large', says: 'a 127 frame' },
  {
    what: 'a huge optional type',
    frame: { type: 0x80, length: 16_385 },
    code: 'frame-too-large',
    says: 'its limit is 16384',
  },
  { what: 'flags', frame: { type: types.ping, flags: 0x80 }, code: 'frame-malformed', says: 'its flags are 128' },
  {
    what: 'OPENED of a connector',
    frame: { type: types.opened, channel: 1 },
    code: 'frame-unexpected',
    says: 'only the accepter',
  },
  {
    what: 'DONE of a connector',
    frame: { type: types.done, channel: 1 },
    code: 'frame-unexpected',
    says: 'only the accepter',
  },
  {
    what: 'EVENT of a connector',
    frame: { type: types.event, channel: 1 },
    code: 'frame-unexpected',
    says: 'only the accepter',
  },
  {
    what: 'OPEN of an accepter',
    frame: { type: types.open, channel: 1 },
    sender: 'accepter',
    code: 'frame-unexpected',
    says: 'only the connector',
  },
  {
    what: 'REQUEST of an accepter',
    frame: { type: types.request, channel: 1 },
    sender: 'accepter',
    code: 'frame-unexpected',
    says: 'only the connector',
  },
  {
    what: 'RESUMED of a connector',
    frame: { type: types.resumed, channel: 1 },
    code: 'frame-unexpected',
    says: 'only the accepter',
  },
  {
    what: 'RESUME of an accepter',
    frame: { type: types.resume, channel: 1 },
    sender: 'accepter',
    code: 'frame-unexpected',
    says: 'only the connector',
  },
  ...(['hello', 'ping', 'pong'] as const).map((name): Fault => {
    const frame = { type: types[name], channel: 1 };
    return { what: `${name} on a session`, frame, code: 'frame-unexpected', says: 'belongs to a connection' };
  }),
  ...(['open', 'resume', 'ack', 'request'] as const).map((name): Fault => {
    const frame = { type: types[name], channel: 0 };
    return { what: `${name} on channel 0`, frame, code: 'frame-unexpected', says: 'belongs to a session' };
  }),
  ...(Object.keys(types) as MessageName[]).map((name): Fault => {
    const frame = { type: types[name], channel: 1, length: defaultLimits.messageBytes + 1 };
    return { what: `${name} too long`, frame, code: 'frame-too-large', says: `a ${name} frame of 16385 bytes` };
  }),
];

const bodies: [what: string, name: MessageName, body: Uint8Array, says: string][] = [
  ['no body', 'hello', new Uint8Array(0), 'JSON'],
  ['no JSON', 'hello', textBody('{"wire":1'), 'JSON'],
  ['no UTF-8', 'hello', Uint8Array.of(0x22, 0xff, 0x22), 'encoded data was not valid'],
  ['no object', 'hello', jsonBodyOf(null), 'body: '],
  ['no wire version', 'hello', jsonBodyOf({ name: 'x' }), 'wire: '],
  ['wire version 0', 'hello', jsonBodyOf({ wire: 0 }), 'wire: '],
  ['a long name', 'hello', jsonBodyOf({ wire: 1, name: 'x'.repeat(257) }), 'name: '],
  ['3 bytes', 'ping', new Uint8Array(3), '3 bytes instead of 4'],
  ['5 bytes', 'pong', new Uint8Array(5), '5 bytes instead of 4'],
  ['21 bytes', 'ack', new Uint8Array(21), '21 bytes instead of 20'],
  ['an offset of 2^53', 'ack', Uint8Array.of(0, 0, 0, 0, ...beyond, ...new Uint8Array(8)), 'is not below 2^53'],
  ['a limit of 2^53', 'ack', Uint8Array.of(0, 0, 0, 0, ...new Uint8Array(8), ...beyond), 'is not below 2^53'],
  ['an error without code', 'close', jsonBodyOf({ error: { message: '', fields: {} } }), 'error.code: '],
  ['an undefined error', 'close', jsonBodyOf({ error: null }), 'error: '],
  [
    'an object as field',
    'close',
    jsonBodyOf({ error: { code: 'x', message: '', fields: { a: {} } } }),
    'error.fields.a: ',
  ],
  ['a port with a slash', 'open', jsonBodyOf({ port: '../etc', window: 1 }), 'port: '],
  ['a port of dots', 'open', jsonBodyOf({ port: '..', window: 1 }), 'port: '],
  ['no window', 'open', jsonBodyOf({ port: 'ttyS0' }), 'window: '],
  ['a window of 2^53', 'open', jsonBodyOf({ port: 'ttyS0', window: 2 ** 53 }), 'window: '],
  ['a half baud', 'open', jsonBodyOf({ port: 'ttyS0', window: 1, settings: { baudRate: 0.5 } }), 'settings.baudRate: '],
  ['an unknown request', 'request', jsonBodyOf({ sequence: 1, offset: 0, request: { kind: 'x' } }), 'request.kind: '],
  ['request 0', 'request', jsonBodyOf({ sequence: 0, offset: 0, request: { kind: 'drain' } }), 'sequence: '],
  ['a negative offset', 'request', jsonBodyOf({ sequence: 1, offset: -1, request: { kind: 'drain' } }), 'offset: '],
  [
    'a negative wait',
    'request',
    jsonBodyOf({ sequence: 1, offset: 0, request: { kind: 'run-sequence', steps: [{ waitMs: -1 }] } }),
    'request.steps.0.waitMs: ',
  ],
  ['an unknown role', 'open', jsonBodyOf({ port: 'ttyS0', window: 1, role: 'owner' }), 'role: '],
  ['an unknown start', 'open', jsonBodyOf({ port: 'ttyS0', window: 1, start: { kind: 'x' } }), 'start.kind: '],
  ['a negative start', 'open', jsonBodyOf({ port: 'ttyS0', window: 1, start: { kind: 'last', bytes: -1 } }), 'start.'],
  ['no token', 'resume', jsonBodyOf({ attempt: 1, sequence: 0, offset: 0, limit: 0 }), 'token: '],
  [
    'a long token',
    'resume',
    jsonBodyOf({ token: 'x'.repeat(257), attempt: 1, sequence: 0, offset: 0, limit: 0 }),
    'token: ',
  ],
  ['attempt 0', 'resume', jsonBodyOf({ token: 'x', attempt: 0, sequence: 0, offset: 0, limit: 0 }), 'attempt: '],
  [
    'a negative place',
    'resume',
    jsonBodyOf({ token: 'x', attempt: 1, sequence: -1, offset: 0, limit: 0 }),
    'sequence: ',
  ],
];

const bodiesOfAccepters: typeof bodies = [
  ['9 data bits', 'done', jsonBodyOf({ sequence: 1, settings: { ...settings, dataBits: 9 } }), 'settings.dataBits: '],
  ['half a settings', 'done', jsonBodyOf({ sequence: 1, settings: { baudRate: 1 } }), 'settings.dataBits: '],
  ['an offset of 2^53', 'done', jsonBodyOf({ sequence: 1, discardedTo: 2 ** 53 }), 'discardedTo: '],
  [
    'half the inputs',
    'event',
    jsonBodyOf({ sequence: 1, offset: 0, event: { kind: 'inputs', inputs: { cts: true } } }),
    'event.inputs.dsr: ',
  ],
  ['an offset of 2^53', 'resumed', jsonBodyOf({ sequence: 0, offset: 2 ** 53, limit: 0 }), 'offset: '],
  ['an unknown event', 'event', jsonBodyOf({ sequence: 1, offset: 0, event: { kind: 'x' } }), 'event.kind: '],
  ['no lines', 'opened', jsonBodyOf({ name: '', device: '', epoch: '', offset: 0, limit: 0, settings }), 'lines: '],
];

function push(bytes: Uint8Array, sender: Role = 'connector'): FrameLog {
  const log = new FrameLog();
  new FrameDecoder(log, sender, defaultLimits).push(bytes);
  return log;
}

describe('a faulty frame', () => {
  it.each(faultyHeaders)('$what is refused by its header', ({ frame, sender, code, says }) => {
    const header = rawFrame(frame).subarray(0, 8);
    expect(() => push(header, sender)).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(says) }),
    );
  });

  it.each(bodies)('with %s in %s is malformed', (_what, name, body, says) => {
    expectMalformed(name, body, 'connector', says);
  });

  it.each(bodiesOfAccepters)('with %s in %s is malformed', (_what, name, body, says) => {
    expectMalformed(name, body, 'accepter', says);
  });

  it('of data beyond 2^53 is malformed, empty or not', () => {
    for (const length of [8, 9]) {
      const frame = rawFrame({ type: dataType, channel: 1, length, body: beyond });
      expect(() => push(frame)).toThrowError(expect.objectContaining({ code: 'frame-malformed' }));
    }
  });

  it('is none when a body has fields that this release does not know', () => {
    const body = jsonBodyOf({ wire: 1, name: 'a', software: 'b', colour: 'red' });
    const [hello] = push(rawFrame({ type: types.hello, body })).messages('hello');
    expect(hello).toEqual({ type: 'hello', wire: 1, name: 'a', software: 'b' });
  });

  it('is none when HELLO has a wire version alone', () => {
    const [hello] = push(rawFrame({ type: types.hello, body: jsonBodyOf({ wire: 9 }) })).messages('hello');
    expect(hello).toEqual({ type: 'hello', wire: 9, name: 'unnamed', software: 'unknown' });
  });
});

function expectMalformed(name: MessageName, body: Uint8Array, sender: Role, says: string): void {
  const frame = rawFrame({ type: types[name], channel: messageTable[name].scope === 'connection' ? 0 : 1, body });
  const message = expect.stringContaining(says) as string;
  const fault = { code: 'frame-malformed', message, fields: expect.objectContaining({ type: name }) as object };
  expect(() => push(frame, sender)).toThrowError(expect.objectContaining(fault));
}
