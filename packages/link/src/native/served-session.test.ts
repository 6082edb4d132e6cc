import {
  Connection,
  type ConnectorSession,
  defaultLimits,
  defaultLineSettings,
  noModemLines,
  type PortEvent,
  type SercliError,
} from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import type { LinkListener, SerialLink } from '../serial-link.ts';
import { ServedSession } from './served-session.ts';

const gapBytes = 10_000_000;

/** A link that finds a gap when it is looked at behind `lengthBefore` bytes, as the cursor of a log does. */
function linkWithGap(lengthBefore: number) {
  let listener: LinkListener | undefined;
  let readOffset = 0;
  let end = lengthBefore;
  const link: Partial<SerialLink> = {
    info: { name: 'tty', device: 'memory' },
    state: { kind: 'up' },
    settings: defaultLineSettings,
    lines: noModemLines,
    hasControl: true,
    writeOffset: 0,
    takenOffset: 0,
    get readOffset() {
      return readOffset;
    },
    peek: (maxBytes) => {
      if (readOffset === lengthBefore) {
        readOffset += gapBytes;
        end = readOffset + 1_000_000;
        listener?.event({ kind: 'gap', offset: lengthBefore, bytes: gapBytes });
      }
      return new Uint8Array(Math.min(maxBytes, end - readOffset));
    },
    consume: (bytes) => {
      readOffset += bytes;
    },
    listen: (wanted) => {
      listener = wanted;
    },
    closed: new Promise(() => undefined),
    abort: () => undefined,
  };
  return { link: link as SerialLink, readable: () => listener?.readable() };
}

/** Two connections in memory, of which one serves the link. */
function connect(link: SerialLink) {
  const wire: (() => void)[] = [];
  const endings: (SercliError | undefined)[] = [];
  const ignore = (): void => undefined;
  const carry = (role: 'connector' | 'accepter') => (head: Uint8Array, body?: Uint8Array) => {
    const bytes = Buffer.concat([head, body ?? new Uint8Array(0)]);
    wire.push(() => connections[role].receive(bytes, 0));
  };
  const options = { name: 'test', software: 'test', limits: defaultLimits };
  const handlers = {
    greeted: ignore,
    resume: ignore,
    wake: ignore,
    ended: (error: SercliError | undefined) => void endings.push(error),
  } as const;
  const connections: Record<'connector' | 'accepter', Connection> = {
    connector: new Connection(
      { role: 'connector', ...options },
      { ...handlers, resume: () => undefined, send: carry('accepter'), open: ignore },
      0,
    ),
    accepter: new Connection(
      { role: 'accepter', ...options },
      {
        ...handlers,
        resume: () => undefined,
        send: carry('connector'),
        open: (session) => void new ServedSession({ session, link, epoch: 'test' }),
      },
      0,
    ),
  };
  const settle = (): void => {
    for (let next = wire.shift(); next !== undefined; next = wire.shift()) next();
  };
  return { connector: connections.connector, endings, settle };
}

describe('ServedSession', () => {
  it('sends nothing behind a gap that uses up the window of a client which reads late', () => {
    const { link, readable } = linkWithGap(50_000);
    const { connector, endings, settle } = connect(link);
    let received = 0;
    let read = 0;
    const events: PortEvent[] = [];
    const session: ConnectorSession = connector.openSession(
      { port: 'tty' },
      {
        opened: () => undefined,
        received: (bytes) => {
          received += bytes.length;
        },
        event: (event) => void events.push(event),
        discarded: () => undefined,
        done: () => undefined,
        writable: () => undefined,
        taken: () => read,
        cut: () => undefined,
        resumed: () => undefined,
        ended: () => undefined,
      },
    );
    settle();
    readable();
    settle();
    expect(events).toEqual([{ kind: 'gap', bytes: gapBytes }]);
    expect(received).toBe(50_000);
    expect(endings).toEqual([]);
    read = 50_000 + gapBytes;
    session.consumed(0);
    settle();
    expect(received).toBe(50_000 + defaultLimits.receiveWindowBytes);
    expect(endings).toEqual([]);
  });
});
