import { describe, expect, it } from 'vitest';
import { AccepterBench, settled } from '../testing/accepter-bench.ts';
import { MemoryLink } from '../testing/memory-link.ts';
import { farewellMs, lingerMs } from './accepter-session.ts';

describe('a raw session', () => {
  it('carries bytes both ways as they are', async () => {
    const { link, session, ...bench } = openRaw();
    link.receive('ready\r\n');
    await bench.send('AT\r', '0xff fb 03');
    expect(bench.text()).toBe('ready\r\n');
    expect(link.written.toString('latin1')).toBe('AT\r\u00ff\u00fb\u0003');
    expect(session.protocol).toBe('raw');
  });

  it('sends the banner before anything of the device', async () => {
    const link = new MemoryLink();
    link.receive('boot');
    const bench = new AccepterBench('raw', { link, banner: Buffer.from('hello\r\n') });
    await settled();
    expect(bench.bytes.toString()).toBe('hello\r\nboot');
  });

  it('reads no more of the client than the device takes, and goes on when it does', async () => {
    const link = new MemoryLink();
    link.room = 10;
    const bench = new AccepterBench('raw', { link });
    const bytes = new Uint8Array(1_000_000).map((_, at) => at * 7);
    for (let at = 0; at < bytes.length; at += 10_000) bench.client.write(bytes.subarray(at, at + 10_000));
    await settled();
    expect(link.written.length).toBe(10);
    expect(bench.client.writableLength).toBeGreaterThan(800_000);
    for (let turn = 0; turn < 20; turn += 1) {
      link.makeRoom(60_000);
      await settled();
    }
    expect(link.written.equals(bytes)).toBe(true);
  });

  it('holds up nothing but itself when its client does not read', async () => {
    const link = new MemoryLink();
    const bench = new AccepterBench('raw', { link, isDeaf: true });
    for (let turn = 0; turn < 100; turn += 1) link.receive(Buffer.alloc(10_000, turn));
    await settled();
    expect(link.unreadBytes).toBeGreaterThan(700_000);
    bench.listen();
    await settled();
    expect(link.unreadBytes).toBe(0);
    expect(bench.bytes.length).toBe(1_000_000);
  });

  it('is ended when its client has missed bytes: the stream would look whole', async () => {
    const { link, session, ...bench } = openRaw();
    link.receive('before');
    link.receiveGap(1000);
    link.receive('behind');
    const error = await session.closed;
    await settled();
    expect(error?.code).toBe('reader-too-slow');
    expect(error?.message).toContain('1000 bytes');
    expect(bench.text()).not.toContain('behind');
    expect(link.log).toEqual(['aborted: reader-too-slow']);
  });

  it('goes on when the device was away: nobody knows of bytes that were missed', async () => {
    const { link, ...bench } = openRaw();
    link.setState({ kind: 'lost', reason: 'unplugged' });
    await bench.send('kept');
    expect(link.written.length).toBe(0);
    link.receiveGap(undefined);
    link.setState({ kind: 'up' });
    link.receive('again');
    await settled();
    expect(bench.text()).toBe('again');
    expect(link.written.toString()).toBe('kept');
  });

  it('says how much may not have left the device', async () => {
    const doubts: number[] = [];
    const { link } = openRaw({ onInDoubt: (bytes) => doubts.push(bytes) });
    link.tell({ kind: 'in-doubt', bytes: 7 });
    expect(doubts).toEqual([7]);
  });

  it('counts what its client writes while somebody else controls the port', async () => {
    const link = new MemoryLink();
    link.hasControl = false;
    const bench = new AccepterBench('raw', { link });
    await bench.send('ignored');
    expect(bench.session.refusedBytes).toBe(7);
    link.hasControl = true;
    link.tell({ kind: 'control', hasControl: true, controller: undefined, unsentBytes: 0 });
    await bench.send('taken');
    expect(link.written.toString()).toBe('taken');
  });

  it('gives the device no more bytes a second than it was told', async () => {
    const bench = new AccepterBench('raw', { writePaceBytesPerSecond: 1000 });
    await bench.send(Buffer.alloc(500, 65));
    const lengths = [bench.link.written.length];
    for (const ms of [100, 100, 100, 200]) {
      await bench.clock.advance(ms);
      lengths.push(bench.link.written.length);
    }
    expect(lengths).toEqual([20, 120, 220, 320, 500]);
  });
});

describe('the end of a session', () => {
  it('comes when the client ends its stream, after what it sent was taken', async () => {
    const { link, session, ...bench } = openRaw({ room: 2 });
    bench.client.end('last words');
    await settled();
    expect(link.log).toEqual(['"la"']);
    link.makeRoom(100);
    expect(await session.closed).toBeUndefined();
    expect(link.log).toEqual(['"last words"', 'closed']);
  });

  it('comes in the end when the device takes nothing any more', async () => {
    const { link, session, clock, ...bench } = openRaw({ room: 2 });
    bench.client.end('last words');
    await settled();
    await clock.advance(lingerMs - 1);
    expect(link.log).toEqual(['"la"']);
    await clock.advance(1);
    const error = await session.closed;
    expect(error?.code).toBe('session-ended');
    expect(error?.message).toContain('last 8 bytes');
  });

  it('does not come as long as the device takes something', async () => {
    const { link, session, clock, ...bench } = openRaw({ room: 2 });
    bench.client.end('last words');
    await settled();
    for (let turn = 0; turn < 3; turn += 1) {
      link.makeRoom(1);
      await clock.advance(lingerMs);
    }
    expect(link.log).toEqual(['"last "']);
    link.makeRoom(100);
    expect(await session.closed).toBeUndefined();
  });

  it('tells why the connection broke', async () => {
    const { link, session, ...bench } = openRaw();
    await bench.send('sent before');
    bench.server().destroy(new Error('read ECONNRESET'));
    const error = await session.closed;
    expect(error?.code).toBe('connection-lost');
    expect(link.log).toEqual(['"sent before"', 'closed']);
  });

  it('comes with the end of the link, when the client has been sent what was left', async () => {
    const { link, session, ...bench } = openRaw();
    link.receive('last');
    await link.close();
    expect(await session.closed).toBeUndefined();
    await settled();
    expect(bench.text()).toBe('last');
    expect(bench.hasEnded()).toBe(true);
  });

  it('does not wait for ever for a client that does not read', async () => {
    const link = new MemoryLink();
    const bench = new AccepterBench('raw', { link, isDeaf: true });
    link.receive(Buffer.alloc(1_000_000));
    await link.close();
    await settled();
    await bench.clock.advance(farewellMs);
    expect(await bench.session.closed).toBeUndefined();
    expect(bench.clock.pending).toBe(0);
  });

  it('comes when nothing comes or goes for the idle time', async () => {
    const { link, session, clock, ...bench } = openRaw({ idleMs: 60_000 });
    await clock.advance(59_000);
    await bench.send('x');
    await clock.advance(59_000);
    link.receive('y');
    await settled();
    await clock.advance(59_999);
    expect(link.log).toEqual(['"x"']);
    await clock.advance(1);
    const error = await session.closed;
    expect(error?.code).toBe('session-ended');
    expect(error?.message).toContain('60 s');
  });

  it('can be asked for, and lets what was sent be taken', async () => {
    const { link, session, ...bench } = openRaw();
    await bench.send('sent');
    await session.close();
    await settled();
    expect(link.log).toEqual(['"sent"', 'closed']);
    expect(bench.hasEnded()).toBe(true);
  });
});

/** A raw session, and what a test does with it. */
function openRaw({ room, ...options }: { room?: number; idleMs?: number; onInDoubt?(bytes: number): void } = {}) {
  const link = new MemoryLink();
  if (room !== undefined) link.room = room;
  const bench = new AccepterBench('raw', { link, ...options });
  const { session, client, clock } = bench;
  return {
    ...{ link, session, client, clock },
    send: (...parts: string[]) => bench.send(...parts),
    text: () => bench.bytes.toString('latin1'),
    hasEnded: () => bench.hasEnded,
    server: () => bench.stream,
  };
}
