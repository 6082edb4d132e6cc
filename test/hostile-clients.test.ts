import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeDataHeader, encodeMessage, newestWire, oldestWire } from '@sercli/protocol';
import { ChildProgram } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { RawClient } from './support/raw-client.ts';
import { sercliProgram } from './support/sercli-program.ts';

const heapReport = fileURLToPath(new URL('./support/heap-report.mjs', import.meta.url));
/** By how much the agent may grow from 1,000 clients, after a garbage collection: the heap, and the process as a whole. */
const maxHeapGrowthBytes = 4 * 1024 * 1024;
const maxResidentGrowthBytes = 32 * 1024 * 1024;
const window = 65_536;

const hello = encodeMessage(0, { type: 'hello', wire: oldestWire, newest: newestWire, name: 'test', software: 'test' });
const open = encodeMessage(1, { type: 'open', port: 'echo', settings: {}, window });

describe('an agent among faulty and hostile clients', () => {
  let folder: string;
  let agent: ChildProgram;
  let tcpPort: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    const node = ['--expose-gc', '--import', heapReport, sercliProgram];
    tcpPort = await freeTcpPort();
    const options = ['agent', '--port', 'echo=sim:echo', '--listen', `127.0.0.1:${tcpPort}`, '--open'];
    agent = await ChildProgram.start(process.execPath, [...node, ...options], {
      environment: { HOME: folder, XDG_STATE_HOME: '', XDG_RUNTIME_DIR: folder },
    });
    await agent.stderr.waitFor(/listening on/);
    await useThePort();
  });
  afterAll(async () => {
    await agent.end();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['an unknown type', [hello, header({ type: 0x7f })], 'frame-unknown'],
    ['a length above the limit', [hello, header({ type: 0x04, length: 0xffff_ffff })], 'frame-too-large'],
    ['data above the limit', [hello, open, header({ type: 0x12, channel: 1, length: 0x00ff_ffff })], 'frame-too-large'],
    ['flags', [hello, header({ type: 0x02, flags: 1 })], 'frame-malformed'],
    [
      'a body that is not what its type says',
      [hello, header({ type: 0x02, length: 1 }), new Uint8Array(1)],
      'frame-malformed',
    ],
    [
      'an open message on channel 0',
      [hello, encodeMessage(0, { type: 'open', port: 'echo', settings: {}, window })],
      'frame-unexpected',
    ],
    ['data on a channel without a session', [hello, encodeDataHeader(9, 0, 1), new Uint8Array(1)], 'frame-unexpected'],
    ['a message that only agents send', [hello, header({ type: 0x11, channel: 1 })], 'frame-unexpected'],
    ['something before HELLO', [open], 'frame-unexpected'],
    [
      'another wire version',
      [encodeMessage(0, { type: 'hello', wire: 99, name: 'test', software: 'test' })],
      'wire-version',
    ],
  ])('ends a connection that sends %s, with a code', async (_, frames, code) => {
    const client = await RawClient.connect(tcpPort);
    client.send(...frames);
    expect((await client.next('close')).error?.code).toBe(code);
    await client.closed();
    await useThePort();
  });

  it('ends a connection that sends data above the window, with a code', async () => {
    const client = await RawClient.connect(tcpPort);
    client.send(hello, open);
    const { limit } = await client.next('opened');
    client.send(encodeDataHeader(1, 0, limit + 1), new Uint8Array(limit + 1));
    expect((await client.next('close')).error?.code).toBe('credit-exceeded');
    await client.closed();
    await useThePort();
  });

  it('goes on when a frame is cut off in the middle', async () => {
    const client = await RawClient.connect(tcpPort);
    client.send(hello, open.subarray(0, open.length - 3));
    await client.next('hello');
    await client.end();
    await useThePort();
  });

  it('ends a connection that says nothing', async () => {
    const client = await RawClient.connect(tcpPort);
    await client.closed();
    await useThePort();
  });

  it('ends a connection that asks and asks and never reads the answers', async () => {
    const client = await RawClient.connect(tcpPort);
    client.send(hello);
    await client.next('hello');
    const ping = encodeMessage(0, { type: 'ping', number: 1 });
    const pings = Buffer.concat(Array.from({ length: 5000 }, () => ping));
    await client.flood(pings, 64 * 1024 * 1024);
    await client.closed();
    await useThePort();
  });

  it('serves 200 connections at once', async () => {
    const clients = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(tcpPort)));
    for (const client of clients) client.send(hello);
    await Promise.all(clients.map((client) => client.next('hello')));
    await Promise.all(clients.map((client) => client.end()));
    await useThePort();
  });

  it('is no larger after 1,000 clients that came and sent rubbish', async () => {
    await sendRubbish(200);
    const before = await memory();
    await sendRubbish(1000);
    const after = await memory();
    expect(after.heapBytes - before.heapBytes).toBeLessThan(maxHeapGrowthBytes);
    expect(after.residentBytes - before.residentBytes).toBeLessThan(maxResidentGrowthBytes);
    await useThePort();
  });

  async function sendRubbish(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += 20) {
      // No address may come that often.
      const localAddress = `127.0.1.${sent / 20}`;
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const client = await RawClient.connect(tcpPort, localAddress);
          client.send(hello, index % 2 === 0 ? header({ type: 0x7f }) : open);
          if (index % 2 === 0) await client.closed();
          else await client.end();
        }),
      );
    }
  }

  async function memory(): Promise<{ heapBytes: number; residentBytes: number }> {
    agent.signal('SIGUSR2');
    const [, heap, resident] = await agent.stderr.waitFor(/heap (\d+), resident (\d+)/);
    return { heapBytes: Number(heap), residentBytes: Number(resident) };
  }

  /** A session as it should be: opens the port, and what is written comes back. */
  async function useThePort(): Promise<void> {
    const client = await RawClient.connect(tcpPort);
    client.send(hello, open);
    await client.next('opened');
    client.send(encodeMessage(1, { type: 'close' }));
    await client.next('close');
    await client.end();
  }
});

function header(fields: { type: number; flags?: number; channel?: number; length?: number }): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint8(0, fields.type);
  view.setUint8(1, fields.flags ?? 0);
  view.setUint16(2, fields.channel ?? 0);
  view.setUint32(4, fields.length ?? 0);
  return new Uint8Array(view.buffer);
}
