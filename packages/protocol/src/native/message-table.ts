import { ackBody } from './messages/ack.ts';
import { closeBody } from './messages/close.ts';
import { doneBody } from './messages/done.ts';
import { eventBody } from './messages/event.ts';
import { helloBody } from './messages/hello.ts';
import { openBody } from './messages/open.ts';
import { openedBody } from './messages/opened.ts';
import { pingBody } from './messages/ping.ts';
import { requestBody } from './messages/request.ts';
import { resumeBody, resumedBody } from './messages/resume.ts';

/**
 * The versions of this protocol that this release speaks, told in HELLO. Each has its golden vectors.
 *
 * - 1: sessions that end with their connection
 * - 2: sessions that are resumed on another connection, roles, the beginning of reading, devices that come back
 */
export const oldestWire = 1;
/** The newest wire version that is spoken here. */
export const newestWire = 2;

/** The side that dialled is the connector, the side that listened the accepter. */
export type Role = 'connector' | 'accepter';

/**
 * Every message except DATA: its type byte, who sends it, and on which channels.
 * A new message is one file in messages/, one row here and one golden vector.
 */
export const messageTable = {
  /** Each side's first message. */
  hello: { byte: 0x01, sender: 'both', scope: 'connection', body: helloBody },
  /** Sent every `pingMs`. */
  ping: { byte: 0x02, sender: 'both', scope: 'connection', body: pingBody },
  /** The answer to a ping, at once. */
  pong: { byte: 0x03, sender: 'both', scope: 'connection', body: pingBody },
  /** Ends a session, or on channel 0 the connection. */
  close: { byte: 0x04, sender: 'both', scope: 'any', body: closeBody },
  /** Begins a session. */
  open: { byte: 0x10, sender: 'connector', scope: 'session', body: openBody },
  /** Answers OPEN; a CLOSE with an error refuses it. */
  opened: { byte: 0x11, sender: 'accepter', scope: 'session', body: openedBody },
  /** Sent when a window moves on, `ackDelayMs` after bytes were taken, or from half of that on along with data. */
  ack: { byte: 0x13, sender: 'both', scope: 'session', body: ackBody },
  /** Since version 2: goes on with a session whose connection was cut. */
  resume: { byte: 0x17, sender: 'connector', scope: 'session', body: resumeBody },
  /** Answers RESUME; a CLOSE with an error refuses it. */
  resumed: { byte: 0x18, sender: 'accepter', scope: 'session', body: resumedBody },
  /** Asks for something to be done to the port. */
  request: { byte: 0x14, sender: 'connector', scope: 'session', body: requestBody },
  /** Answers a request when it has been done. */
  done: { byte: 0x15, sender: 'accepter', scope: 'session', body: doneBody },
  /** Tells what happens on the port besides bytes. */
  event: { byte: 0x16, sender: 'accepter', scope: 'session', body: eventBody },
} as const;

/** DATA: u64 offset of the first byte, then the bytes. Sent by both sides within the other's window. Not in the table: its bytes are handed on as they come. */
export const dataType = 0x12;

/** Types from here on are optional: who does not know one skips and counts it. */
export const firstOptionalType = 0x80;

/** The name of a message in `messageTable`. */
export type MessageName = keyof typeof messageTable;

type FieldsOf<Name extends MessageName> = ReturnType<(typeof messageTable)[Name]['body']['decode']>;

/** A message: its type by name, and its fields. */
export type Message = { [Name in MessageName]: { readonly type: Name } & Readonly<FieldsOf<Name>> }[MessageName];

/** The message of this name. */
export type MessageOf<Name extends MessageName> = Extract<Message, { type: Name }>;

const namesByByte = new Map<number, MessageName>(
  (Object.keys(messageTable) as MessageName[]).map((name) => [messageTable[name].byte, name]),
);

export function messageNameOf(byte: number): MessageName | undefined {
  return namesByByte.get(byte);
}
