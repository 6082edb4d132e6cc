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

function bookLink(initial: SessionStatus): BookedLink & { status: SessionStatus; close(): Promise<void> } {
  let end: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { status: initial, closed, close: async () => end() };
}

it('lists sessions as they are now, the oldest first, until they end', async () => {
  const book = new SessionBook();
  const first = bookLink(status);
  const second = bookLink({ ...status, role: 'monitor' });
  let reconnects = 0;
  book.add('ttyS0', first, () => ({ software: 'test', reconnects, windowBytes: 4096 }));
  book.add('ttyS1', second, () => ({ software: 'test', reconnects: 0, windowBytes: 4096 }));
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
