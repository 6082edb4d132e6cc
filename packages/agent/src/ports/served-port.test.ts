import { type LinkListener, type LinkState, ReceiveQueue, type SerialLink } from '@sercli/link';
import { defaultLineSettings, type LineSettings, noModemLines, SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { PortDescription } from './port-description.ts';
import { type PortPolicy, ServedPort } from './served-port.ts';
import type { SessionLink } from './session-link.ts';

/** A device in the hands of the test. */
class FakeDevice {
  readonly received = new ReceiveQueue();
  readonly written: string[] = [];
  /** Resolves the closing. */
  finishClosing: () => void = () => undefined;
  isClosing = false;
  listener: LinkListener | undefined;
  readonly link: SerialLink;
  #state: LinkState = { kind: 'up' };
  #end: (error: SercliError | undefined) => void = () => undefined;

  constructor(settings: LineSettings) {
    const device = this;
    const closed = new Promise<SercliError | undefined>((resolve) => {
      this.#end = resolve;
    });
    let written = 0;
    const link: Partial<SerialLink> = {
      info: { name: 'tty', device: '/dev/tty' },
      get state() {
        return device.#state;
      },
      settings,
      lines: noModemLines,
      get writeOffset() {
        return written;
      },
      get takenOffset() {
        return written;
      },
      peek: (maxBytes) => this.received.peek(maxBytes),
      consume: (bytes) => this.received.consume(bytes),
      write: (bytes) => {
        this.written.push(Buffer.from(bytes).toString());
        written += bytes.length;
        return bytes.length;
      },
      configure: async (change) => ({ ...settings, ...change }),
      listen: (listener) => {
        this.listener = listener;
        this.received.listen(listener);
      },
      close: () => {
        this.isClosing = true;
        return new Promise((resolve) => {
          this.finishClosing = resolve;
        });
      },
      closed,
    };
    this.link = link as SerialLink;
  }

  unplug(error: SercliError): void {
    this.#state = { kind: 'closed', error };
    this.#end(error);
  }
}

const holder = { name: 'anna@laptop', address: '10.0.0.2:1234' };
const settled = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0));

describe('ServedPort', () => {
  let devices: FakeDevice[];
  let failure: SercliError | undefined;
  beforeEach(() => {
    vi.useFakeTimers();
    devices = [];
    failure = undefined;
  });
  afterEach(() => vi.useRealTimers());

  function makePort(policy: Partial<PortPolicy> = {}, more: Partial<PortDescription> = {}): ServedPort {
    const description: PortDescription = {
      name: 'ttyS0',
      device: '/dev/ttyS0',
      settings: { baudRate: 9600 },
      isFixed: false,
      pushesBack: () => true,
      open: async (settings) => {
        if (failure !== undefined) throw failure;
        const device = new FakeDevice(settings);
        devices.push(device);
        return device.link;
      },
      ...more,
    };
    return new ServedPort(description, {
      host: 'SerialMachine',
      policy: { keepOpen: false, lingerMs: 0, ...policy },
      logger: silentLogger,
      changed: () => undefined,
    });
  }

  function readAll(session: SessionLink): string {
    let text = '';
    for (let bytes = session.peek(1000); bytes.length > 0; bytes = session.peek(1000)) {
      text += Buffer.from(bytes).toString();
      session.consume(bytes.length);
    }
    return text;
  }

  it('opens the device with the first session, as configured, and closes it after the last', async () => {
    const port = makePort();
    expect(port.list()).toMatchObject({ state: 'idle', settings: { ...defaultLineSettings, baudRate: 9600 } });
    const session = await port.openSession(holder, { parity: 'even' });
    expect(devices).toHaveLength(1);
    expect(session.settings).toMatchObject({ baudRate: 9600, parity: 'even' });
    expect(port.list()).toMatchObject({ state: 'open', controller: holder });
    await session.close();
    await settled();
    expect(devices[0]?.isClosing).toBe(true);
    expect(port.list().controller).toBeUndefined();
  });

  it('refuses a second session and says who has the port, also while the device is being opened', async () => {
    const port = makePort();
    const first = port.openSession(holder, {});
    await expect(port.openSession({ name: 'bob', address: '10.0.0.3:1' }, {})).rejects.toMatchObject({
      code: 'port-busy',
      fields: { holder: 'anna@laptop (10.0.0.2:1234)', host: 'SerialMachine', port: 'ttyS0' },
    });
    await (await first).close();
    await settled();
    devices[0]?.finishClosing();
    await expect(port.openSession(holder, {})).resolves.toBeDefined();
  });

  it('opens the device again only when it has been closed', async () => {
    const port = makePort();
    await (await port.openSession(holder, {})).close();
    await settled();
    const again = port.openSession(holder, {});
    await settled();
    expect(devices).toHaveLength(1);
    devices[0]?.finishClosing();
    await again;
    expect(devices).toHaveLength(2);
  });

  it('keeps the device open for lingerMs, and what it says meanwhile is not told to the next session', async () => {
    const port = makePort({ lingerMs: 1000 });
    await (await port.openSession(holder, {})).close();
    await vi.advanceTimersByTimeAsync(900);
    devices[0]?.received.push(Buffer.from('to nobody'));
    const session = await port.openSession(holder, {});
    devices[0]?.received.push(Buffer.from('to the session'));
    expect(readAll(session)).toBe('to the session');
    await session.close();
    await vi.advanceTimersByTimeAsync(1100);
    expect(devices).toHaveLength(1);
    expect(devices[0]?.isClosing).toBe(true);
  });

  it('opens a device that is kept open at the start and never closes it', async () => {
    const port = makePort({ keepOpen: true });
    await port.start();
    expect(devices).toHaveLength(1);
    await (await port.openSession(holder, {})).close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(devices[0]?.isClosing).toBe(false);
    expect(port.list().state).toBe('open');
  });

  it('goes on without a device that cannot be opened at the start, and tries again when asked', async () => {
    const port = makePort({ keepOpen: true });
    failure = new SercliError('device-busy', { device: '/dev/ttyS0', holder: 'minicom' });
    await port.start();
    expect(port.list().state).toBe('idle');
    failure = undefined;
    await port.start();
    expect(port.list().state).toBe('open');
  });

  it('gives the session what the device says right after it was opened', async () => {
    const port = makePort(
      {},
      {
        open: async (settings) => {
          const device = new FakeDevice(settings);
          device.received.push(Buffer.from('boot: hello'));
          return device.link;
        },
      },
    );
    expect(readAll(await port.openSession(holder, {}))).toBe('boot: hello');
  });

  it('gives the session the last bytes of a device that is gone, and then its error', async () => {
    const port = makePort();
    const session = await port.openSession(holder, {});
    devices[0]?.received.push(Buffer.from('last words'));
    const error = new SercliError('device-lost', { device: '/dev/ttyS0', reason: 'unplugged' });
    devices[0]?.unplug(error);
    expect(await session.closed).toBe(error);
    expect(readAll(session)).toBe('last words');
    expect(port.list()).toMatchObject({ state: 'idle' });
    await expect(port.openSession(holder, {})).resolves.toBeDefined();
    expect(devices).toHaveLength(2);
  });

  it('is free again when the device could not be opened', async () => {
    const port = makePort();
    failure = new SercliError('device-not-found', { device: '/dev/ttyS0', reason: 'gone' });
    await expect(port.openSession(holder, {})).rejects.toBe(failure);
    expect(port.list().controller).toBeUndefined();
    failure = undefined;
    await expect(port.openSession(holder, {})).resolves.toBeDefined();
  });

  it('does not read a device that can wait further than its reader can follow', async () => {
    const port = makePort();
    const session = await port.openSession(holder, {});
    const chunk = new Uint8Array(65_536).fill(7);
    for (let index = 0; index < 100; index += 1) devices[0]?.received.push(chunk);
    const queued = devices[0]?.received.queuedBytes ?? 0;
    expect(queued).toBeGreaterThan(1_000_000);
    session.listen({
      readable: () => undefined,
      writable: () => undefined,
      event: (event) => {
        throw new Error(`unforeseen ${event.kind}`);
      },
    });
    let read = 0;
    for (let bytes = session.peek(1e6); bytes.length > 0; bytes = session.peek(1e6)) {
      read += bytes.length;
      session.consume(bytes.length);
    }
    expect(read).toBe(100 * 65_536);
    expect(devices[0]?.received.queuedBytes).toBe(0);
  });

  it('reads on a device that cannot wait, and tells the slow reader its exact gap', async () => {
    const port = makePort({}, { pushesBack: () => false });
    const session = await port.openSession(holder, {});
    const gaps: unknown[] = [];
    session.listen({ readable: () => undefined, writable: () => undefined, event: (event) => void gaps.push(event) });
    const bytes = 5 * 1024 * 1024;
    devices[0]?.received.push(new Uint8Array(bytes));
    expect(devices[0]?.received.queuedBytes).toBe(0);
    let read = 0;
    for (let part = session.peek(1e6); part.length > 0; part = session.peek(1e6)) {
      read += part.length;
      session.consume(part.length);
    }
    const missing = gaps.reduce<number>((sum, gap) => sum + (gap as { bytes: number }).bytes, 0);
    expect(missing).toBeGreaterThan(0);
    expect(read + missing).toBe(bytes);
  });

  it('does not serve what is only listed', async () => {
    const port = makePort({}, { absence: { kind: 'unavailable', reason: 'the kernel console is on it' } });
    expect(port.list()).toMatchObject({ state: 'unavailable', reason: 'the kernel console is on it' });
    await expect(port.openSession(holder, {})).rejects.toMatchObject({ code: 'port-unavailable' });
  });

  it('keeps fixed settings, whatever a session asks for', async () => {
    const port = makePort({}, { isFixed: true });
    const session = await port.openSession(holder, { baudRate: 300 });
    expect(session.settings.baudRate).toBe(9600);
    await expect(session.configure({ baudRate: 300 })).rejects.toMatchObject({ code: 'settings-fixed' });
  });

  it('says of a device that is gone that it is lost', async () => {
    const port = makePort({}, { absence: { kind: 'lost', reason: 'it was unplugged' } });
    expect(port.list()).toMatchObject({ state: 'lost', reason: 'it was unplugged' });
    await expect(port.openSession(holder, {})).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('ends its session when the agent ends', async () => {
    const port = makePort();
    const session = await port.openSession(holder, {});
    const closing = port.close();
    devices[0]?.finishClosing();
    await closing;
    expect(await session.closed).toMatchObject({ code: 'session-ended' });
    expect(session.write(Buffer.from('late'))).toBe(0);
  });
});
