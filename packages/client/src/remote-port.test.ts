import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type LinkEvent, type LinkListener, type LinkState, ReceiveQueue } from '@sercli/link';
import { defaultLineSettings, noModemLines, type PortAddress, SercliError } from '@sercli/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PortLink, RemotePort } from './remote-port.ts';
import type { RemotePortEvents } from './remote-port-events.ts';

const address: PortAddress = { host: 'SerialMachine', tcpPort: 7372, carrier: 'stream', port: 'ttyS0' };

/** A link in the hands of a test. Its offsets begin where the port's log was when it was opened. */
class FakeLink implements PortLink {
  readonly info = { name: 'ttyS0', device: 'SerialMachine/ttyS0' };
  readonly settings = defaultLineSettings;
  readonly lines = noModemLines;
  readonly controller = undefined;
  readonly hasControl = true;
  readonly closed: Promise<SercliError | undefined>;
  readonly received = new ReceiveQueue(1_000);
  state: LinkState = { kind: 'up' };
  writeOffset = 0;
  /** What was asked of it besides carrying bytes. */
  readonly asked: string[] = [];
  /** How many bytes it takes. */
  takes = Number.POSITIVE_INFINITY;
  /** What it was given up with. */
  abortedWith: SercliError | undefined;
  #listener: LinkListener | undefined;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get readOffset(): number {
    return this.received.readOffset;
  }
  get takenOffset(): number {
    return this.writeOffset;
  }
  get drainedOffset(): number {
    return Math.min(this.writeOffset, 10);
  }
  peek(maxBytes: number): Uint8Array {
    return this.received.peek(maxBytes);
  }
  consume(bytes: number): void {
    this.received.consume(bytes);
  }
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.takes - this.writeOffset);
    this.writeOffset += taken;
    return taken;
  }
  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.received.listen(listener);
  }
  tell(event: LinkEvent): void {
    if (event.kind === 'state') this.state = event.state;
    this.#listener?.event(event);
  }
  end(error?: SercliError): void {
    this.state = error === undefined ? { kind: 'closed' } : { kind: 'closed', error };
    this.#settle(error);
  }

  configure = async () => {
    this.asked.push('configure');
    return this.settings;
  };
  runSequence = async () => void this.asked.push('run-sequence');
  drain = async () => undefined;
  flush = async () => void this.asked.push('flush');
  close = async () => this.end();
  abort = (error: SercliError) => {
    this.abortedWith = error;
    this.end(error);
  };
}

/** A port on a link, and all that it gives and tells, in its order. */
function openPort() {
  const link = new FakeLink();
  const port = new RemotePort(address, link, false);
  const told: unknown[] = [];
  const kinds: readonly (keyof RemotePortEvents)[] = [
    ...(['gap', 'break', 'line-error', 'in-doubt', 'lines', 'settings', 'control', 'hold', 'lost', 'up'] as const),
  ];
  for (const kind of kinds) port.on(kind, (what: unknown) => told.push([kind, what]));
  return { link, port, told };
}

async function leaveAfterOne(link: FakeLink, port: RemotePort): Promise<void> {
  link.received.push(Buffer.from('x'));
  for await (const _chunk of port) break;
}

async function pipeToFailing(link: FakeLink, port: RemotePort): Promise<void> {
  link.received.push(Buffer.from('x'));
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('a private matter')) });
  await expect(pipeline(port, failing)).rejects.toThrow('a private matter');
}

describe('a RemotePort', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([false, true])('tells what stands among the bytes between them, also after a pause: %s', async (isPaused) => {
    const { link, port, told } = openPort();
    port.on('data', (chunk) => told.push(chunk.toString()));
    if (isPaused) port.pause();
    link.received.push(Buffer.from('ab'));
    link.received.pushBreak();
    link.received.push(Buffer.from('cd'));
    link.received.pushLineError('parity');
    link.received.pushGap(500);
    link.received.push(Buffer.from('ef'));
    link.received.pushGap(undefined);
    port.read(0);
    await new Promise(setImmediate);
    expect(told.length > 0).toBe(!isPaused);
    port.resume();
    await new Promise(setImmediate);
    expect(told).toEqual([
      'ab',
      ['break', { offset: 2 }],
      'cd',
      ['line-error', { offset: 4, error: 'parity' }],
      ['gap', { offset: 4, bytes: 500 }],
      'ef',
      ['gap', { offset: 6, bytes: undefined }],
    ]);
  });

  it('tells the rest as it happens, and how long a pause was', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { link, told } = openPort();
    const settings = { ...defaultLineSettings, baudRate: 300 };
    const lines = { ...noModemLines, cts: true };
    link.tell({ kind: 'settings', settings });
    link.tell({ kind: 'lines', lines });
    link.tell({ kind: 'in-doubt', bytes: 7 });
    link.tell({ kind: 'hold', isHeld: true });
    link.tell({ kind: 'drained', offset: 3 });
    link.tell({ kind: 'state', state: { kind: 'lost', reason: 'the cable' } });
    link.tell({ kind: 'state', state: { kind: 'lost', reason: 'still the cable' } });
    vi.advanceTimersByTime(1_500);
    link.tell({ kind: 'state', state: { kind: 'up' } });
    link.tell({ kind: 'control', hasControl: false, controller: undefined, unsentBytes: 2 });
    expect(told).toEqual([
      ['settings', settings],
      ['lines', lines],
      ['in-doubt', { bytes: 7 }],
      ['hold', { isHeld: true }],
      ['lost', { reason: 'the cable' }],
      ['up', { pausedMs: 1_500 }],
      ['control', { hasControl: false, controller: undefined, unsentBytes: 2 }],
    ]);
  });

  it('tells breaks to who does not read, when they become many', async () => {
    const { link, port, told } = openPort();
    link.received.push(Buffer.from('unread'));
    port.read(0);
    for (let count = 0; count < 1_100; count += 1) link.received.pushBreak();
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(100);
    port.resume();
    await new Promise(setImmediate);
    expect(told).toHaveLength(1_100);
  });

  it('goes on where whoever gets bytes reads at once, or pauses', async () => {
    const { link, port } = openPort();
    let text = '';
    port.on('data', (chunk) => {
      text += chunk;
      port.pause();
      port.resume();
      port.read(0);
    });
    for (let count = 0; count < 100; count += 1) {
      link.received.push(Buffer.from('x'));
      if (count % 7 === 0) await new Promise(setImmediate);
    }
    await new Promise(setImmediate);
    expect(text).toBe('x'.repeat(100));
  });

  it('refuses what no port can do, and asks nothing of its link then', async () => {
    const { link, port } = openPort();
    await expect(port.update({ baudRate: Number.NaN })).rejects.toMatchObject({ code: 'bad-settings' });
    await expect(port.update(undefined as never)).rejects.toMatchObject({ code: 'bad-settings' });
    await expect(port.sendBreak(-1)).rejects.toMatchObject({ code: 'usage' });
    await expect(port.setLines({ dtr: 'on' } as never)).rejects.toMatchObject({ code: 'usage' });
    await expect(port.flush('xx' as never)).rejects.toMatchObject({ code: 'usage' });
    expect(link.asked).toEqual([]);
    await port.update({ baudRate: 300 });
    await port.flush();
    expect(link.asked).toEqual(['configure', 'flush']);
  });

  it('that is closed tells what may not have reached a device that takes nothing, and emits no error', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const { link, port, told } = openPort();
    link.takes = 30;
    const [failed, errors] = [vi.fn(), vi.fn()];
    port.on('error', errors);
    port.write(Buffer.alloc(100), failed);
    port.write(Buffer.alloc(11));
    const closing = port.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await closing;
    await new Promise(setImmediate);
    expect(told).toEqual([['in-doubt', { bytes: 101 }]]);
    expect(port.destroyed).toBe(true);
    expect(errors).not.toHaveBeenCalled();
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'closed' }));
  });

  it.each<[string, (link: FakeLink, port: RemotePort) => Promise<unknown>]>([
    ['destroyed', async (_link, port) => port.destroy()],
    ['left by its reader', (link, port) => leaveAfterOne(link, port)],
    ['piped to what fails', (link, port) => pipeToFailing(link, port)],
  ])('tells the agent only that it was given up, when it is %s', async (_name, giveUp) => {
    const { link, port } = openPort();
    await giveUp(link, port);
    expect(link.abortedWith?.message).toBe('SerialMachine/ttyS0 was cancelled; start it again when it is wanted');
  });

  it.each<[string, (port: RemotePort) => unknown]>([
    ['is paused', (port) => port.pause()],
    ['waits for more', (port) => port.once('readable', () => undefined)],
  ])('that is closed ends when what had been received is read by a reader that %s', async (_name, begin) => {
    const { link, port } = openPort();
    const ends: string[] = [];
    port.on('end', () => ends.push('end')).on('close', () => ends.push('close'));
    begin(port);
    link.received.push(Buffer.from('unread'));
    await port.close();
    await new Promise(setImmediate);
    expect([ends, port.destroyed]).toEqual([[], false]);
    port.resume();
    await once(port, 'close');
    expect(ends).toEqual(['end', 'close']);
  });

  it('gives what was received before it ends with the error that ended the link', async () => {
    const { link, port } = openPort();
    const error = new SercliError('session-ended', { port: 'ttyS0', reason: 'a test' });
    link.received.push(Buffer.alloc(200_000, 'x'));
    link.end(error);
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of port) bytes += chunk.length;
    })();
    await expect(reading).rejects.toBe(error);
    expect(bytes).toBe(200_000);
  });
});
