import { SercliError } from '@sercli/protocol';
import { expect, it } from 'vitest';
import type { SessionStatus } from '../ports/session-status.ts';
import { type BookedLink, SessionBook } from './session-book.ts';

const status: SessionStatus = {
  holder: { name: 'anna@laptop', address: '192.168.1.7:51234' },
  role: 'control',
  since: new Date('2026-11-22T10:04:00Z'),
  readBytes: 812,
  writtenBytes: 16,
  lagBytes: 0,
  gapBytes: 0,
  gaps: 0,
};
const listed = {
  client: status.holder,
  role: 'control',
  since: '2026-11-22T10:04:00.000Z',
  readBytes: 812,
  writtenBytes: 16,
  lagBytes: 0,
  gapBytes: 0,
  gaps: 0,
  software: 'test',
  reconnects: 0,
  windowBytes: 4096,
};

const peer = { address: '192.168.1.7:51234', ipAddress: '192.168.1.7', isLocal: false, fingerprint: undefined };

function bookLink(initial: SessionStatus): BookedLink & { status: SessionStatus; close(): Promise<void> } {
  let end: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { status: initial, closed, close: async () => end(), abort: () => end() };
}

it('lists sessions as they are now, the oldest first, until they end', async () => {
  const book = new SessionBook();
  const first = bookLink(status);
  const second = bookLink({ ...status, role: 'monitor' });
  let reconnects = 0;
  const carriage = () => ({ software: 'test', reconnects, windowBytes: 4096 });
  book.add({ port: 'ttyS0', role: 'control', peer, link: first, carriage });
  book.add({ port: 'ttyS1', role: 'monitor', peer, link: second, carriage });
  expect(book.list()).toEqual([
    { port: 'ttyS0', ...listed },
    { port: 'ttyS1', ...listed, role: 'monitor' },
  ]);

  first.status = { ...status, readBytes: 900, cutSince: new Date('2026-11-22T10:05:00Z') };
  reconnects = 1;
  expect(book.list()[0]).toEqual({
    port: 'ttyS0',
    ...listed,
    readBytes: 900,
    cutSince: '2026-11-22T10:05:00.000Z',
    reconnects: 1,
  });

  await first.close();
  expect(book.list()).toMatchObject([{ port: 'ttyS1' }]);
});

it('ends those that may not be any more', async () => {
  const book = new SessionBook();
  const links = [bookLink(status), bookLink({ ...status, role: 'monitor' })] as const;
  const carriage = () => ({ software: 'test', reconnects: 0, windowBytes: 4096 });
  book.add({ port: 'ttyS0', role: 'control', peer, link: links[0], carriage });
  book.add({ port: 'ttyS0', role: 'monitor', peer, link: links[1], carriage });
  const refusal = new SercliError('closed', { what: 'the port' });
  book.review((who, session) => (who === peer && session.role === 'control' ? refusal : undefined));
  await links[0].closed;
  expect(book.list()).toMatchObject([{ role: 'monitor' }]);
});
