import fc from 'fast-check';
import { portNamePattern } from '../address.ts';
import type { LineSettings } from '../line-settings.ts';
import { flowControls, maxBaudRate, parities } from '../line-settings.ts';
import { maxChannel } from '../native/frame-encoder.ts';
import { type Message, type MessageName, messageTable, type Role } from '../native/message-table.ts';
import type { FrameItem } from './frame-log.ts';

const offset = fc.maxSafeNat();
const u32 = fc.nat(0xffffffff);
const sequence = fc.integer({ min: 1, max: 0xffffffff });
const text = fc.string({ unit: 'binary', maxLength: 60 });
const portName = fc.stringMatching(portNamePattern);

const settingsEntries = {
  baudRate: fc.integer({ min: 1, max: maxBaudRate }),
  dataBits: fc.constantFrom(5, 6, 7, 8) as fc.Arbitrary<LineSettings['dataBits']>,
  parity: fc.constantFrom(...parities),
  stopBits: fc.constantFrom(1, 1.5, 2) as fc.Arbitrary<LineSettings['stopBits']>,
  flowControl: fc.constantFrom(...flowControls),
};

export const lineSettings: fc.Arbitrary<LineSettings> = fc.record(settingsEntries, { noNullPrototype: true });
const change = fc.record(settingsEntries, { requiredKeys: [], noNullPrototype: true });

const boolean = fc.boolean();
const inputs = fc.record({ cts: boolean, dsr: boolean, dcd: boolean, ri: boolean }, { noNullPrototype: true });
const outputs = fc.record({ dtr: boolean, rts: boolean }, { noNullPrototype: true });
const lines = fc.record(
  { dtr: boolean, rts: boolean, cts: boolean, dsr: boolean, dcd: boolean, ri: boolean },
  { noNullPrototype: true },
);
const step = fc.record(
  { dtr: boolean, rts: boolean, break: boolean, waitMs: fc.nat(60_000) },
  { requiredKeys: [], noNullPrototype: true },
);
const toldError = fc.record(
  {
    code: text,
    message: text,
    fields: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(text, fc.integer()), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  },
  { noNullPrototype: true },
);

const request = fc.oneof(
  fc.record({ kind: fc.constant('configure' as const), change }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant('run-sequence' as const), steps: fc.array(step, { maxLength: 20 }) },
    { noNullPrototype: true },
  ),
  fc.constant({ kind: 'drain' as const }),
  fc.record(
    { kind: fc.constant('flush' as const), queue: fc.constantFrom('received', 'unsent', 'both') },
    { noNullPrototype: true },
  ),
);

const controller = fc.record({ name: text, address: text, since: text }, { noNullPrototype: true });

const event = fc.oneof(
  fc.constant({ kind: 'break' as const }),
  fc.record({ kind: fc.constant('gap' as const), bytes: offset }, { requiredKeys: ['kind'], noNullPrototype: true }),
  fc.record(
    { kind: fc.constant('line-error' as const), error: fc.constantFrom('parity', 'framing', 'overrun') },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('inputs' as const), inputs, outputs },
    { requiredKeys: ['kind', 'inputs'], noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant('settings' as const), settings: lineSettings }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('lost' as const), reason: text }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('back' as const), settings: lineSettings, lines }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('drained' as const), sent: offset }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('in-doubt' as const), bytes: offset }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant('control' as const), isYours: boolean, taken: offset, controller },
    { requiredKeys: ['kind', 'isYours', 'taken'], noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant('hold' as const), isHeld: boolean }, { noNullPrototype: true }),
);

const start = fc.oneof(
  fc.constantFrom({ kind: 'now' as const }, { kind: 'all' as const }),
  fc.record(
    { kind: fc.constant('offset' as const), offset, epoch: text },
    { requiredKeys: ['kind', 'offset'], noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant('last' as const), bytes: offset }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant('since' as const), ms: offset }, { noNullPrototype: true }),
);

/** The fields of every message. */
const fieldsOf: Record<MessageName, fc.Arbitrary<object>> = {
  hello: fc.record(
    { wire: sequence, newest: sequence, name: text, software: text },
    { requiredKeys: ['wire', 'name', 'software'], noNullPrototype: true },
  ),
  ping: fc.record({ number: u32 }, { noNullPrototype: true }),
  pong: fc.record({ number: u32 }, { noNullPrototype: true }),
  close: fc.record({ error: toldError }, { requiredKeys: [], noNullPrototype: true }),
  open: fc.record(
    {
      port: portName,
      settings: change,
      window: offset,
      role: fc.constantFrom('control', 'monitor'),
      takes: boolean,
      start,
    },
    { requiredKeys: ['port', 'settings', 'window'], noNullPrototype: true },
  ),
  opened: fc.record(
    {
      name: text,
      device: text,
      epoch: text,
      offset,
      limit: offset,
      settings: lineSettings,
      lines,
      token: text,
      controller,
    },
    {
      requiredKeys: ['name', 'device', 'epoch', 'offset', 'limit', 'settings', 'lines'],
      noNullPrototype: true,
    },
  ),
  resume: fc.record(
    { token: text, attempt: sequence, sequence: u32, offset, limit: offset },
    { noNullPrototype: true },
  ),
  resumed: fc.record({ sequence: u32, offset, limit: offset }, { noNullPrototype: true }),
  ack: fc.record({ sequence: u32, offset, limit: offset }, { noNullPrototype: true }),
  request: fc.record({ sequence, offset, request }, { noNullPrototype: true }),
  done: fc.record(
    { sequence, number: sequence, settings: lineSettings, discardedTo: offset, error: toldError },
    { requiredKeys: ['sequence'], noNullPrototype: true },
  ),
  event: fc.record({ sequence, offset, event }, { noNullPrototype: true }),
};

/** Any frame that `sender` may send, DATA included. */
export function frameItems(sender: Role): fc.Arbitrary<FrameItem> {
  const names = (Object.keys(messageTable) as MessageName[]).filter(
    (name) => messageTable[name].sender === 'both' || messageTable[name].sender === sender,
  );
  return fc.oneof(data, ...names.map(messageItem));
}

const sessionChannel = fc.integer({ min: 1, max: maxChannel });

const data: fc.Arbitrary<FrameItem> = fc.record(
  {
    kind: fc.constant('data' as const),
    channel: sessionChannel,
    // The end of the bytes is an offset too.
    offset: fc.maxSafeNat().map((from) => Math.max(0, from - 1000)),
    bytes: fc.uint8Array({ maxLength: 300 }),
  },
  { noNullPrototype: true },
);

function messageItem(name: MessageName): fc.Arbitrary<FrameItem> {
  const { scope } = messageTable[name];
  const channel = { connection: fc.constant(0), session: sessionChannel, any: fc.nat(maxChannel) }[scope];
  return fc
    .tuple(channel, fieldsOf[name])
    .map(([number, fields]) => ({ kind: 'message', channel: number, message: { type: name, ...fields } as Message }));
}

/** Sizes to cut a stream by: single bytes, the sizes of headers, and what a socket gives. */
export const chunkSizes: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 70_000 })),
  { minLength: 1, maxLength: 12 },
);
