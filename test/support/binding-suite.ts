import type { SerialPortBinding, SerialPortOpenOptions } from '@sercli/client';
import { patternBytes } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A binding of node-serialport, with a port whose other end is in the hands of the suite. */
export interface BindingUnderTest {
  open(options: SerialPortOpenOptions): Promise<SerialPortBinding>;
  readonly path: string;
  /** The device sends. */
  send(bytes: Uint8Array, port: SerialPortBinding): void;
  /** Resolves to what the device has received since the last call, once it is so much. */
  received(bytes: number, port: SerialPortBinding): Promise<Uint8Array>;
  /** The device takes nothing any more. */
  hold?(): void;
  cleanup(): Promise<void>;
}

/** What a binding can be shown to do with the ports that a test has. */
export interface BindingAbilities {
  /** The port has modem lines. */
  readonly hasLines: boolean;
  /** The device can take nothing for a while, and writing then waits. */
  readonly canHold: boolean;
}

/**
 * What node-serialport counts on in every binding: its interface says it, and its own bindings do it
 * (@serialport/bindings-interface, @serialport/bindings-cpp).
 */
export function bindingSuite(
  name: string,
  { hasLines, canHold }: BindingAbilities,
  setup: () => Promise<BindingUnderTest>,
): void {
  describe(`${name} is a binding of node-serialport`, () => {
    let bench: BindingUnderTest;
    const ports: SerialPortBinding[] = [];
    beforeEach(async () => {
      bench = await setup();
    });
    afterEach(async () => {
      for (const port of ports.splice(0)) if (port.isOpen) await port.close();
      await bench.cleanup();
    });
    const open = async (options: Partial<SerialPortOpenOptions> = {}): Promise<SerialPortBinding> => {
      const port = await bench.open({ path: bench.path, baudRate: 9600, ...options });
      ports.push(port);
      return port;
    };
    const readAll = async (port: SerialPortBinding, bytes: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(bytes);
      for (let at = 0; at < bytes; ) at += (await port.read(buffer, at, bytes - at)).bytesRead;
      return buffer;
    };
    // What is wrong on purpose, as programs without types give it.
    const wrong = (value: unknown): never => value as never;

    it('opens a port, and says what it was opened with', async () => {
      const port = await open({ dataBits: 7, stopBits: 2 });
      expect(port.isOpen).toBe(true);
      expect(port.openOptions).toMatchObject({ path: bench.path, baudRate: 9600, dataBits: 7, stopBits: 2 });
      expect(port.openOptions).toMatchObject({ parity: 'none', lock: true, rtscts: false, xon: false, xoff: false });
      expect(port.openOptions).toMatchObject({ xany: false, hupcl: true });
    });

    it.each([
      ['nothing', undefined, '"options" is not an object'],
      ['an array', [], '"options" is not an object'],
      ['no path', { baudRate: 9600 }, '"path" is not a valid port'],
      ['no speed', { path: '/dev/null' }, '"baudRate" is not a valid baudRate'],
    ])('refuses to open with %s', async (_what, options, message) => {
      const error = await bench.open(wrong(options)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject({ message });
    });

    it('refuses a port that is not there, and one that is open already, until it is closed', async () => {
      await expect(open({ path: `${bench.path}-missing` })).rejects.toThrow(Error);
      const first = await open();
      await expect(open()).rejects.toThrow(Error);
      await first.close();
      expect((await open()).isOpen).toBe(true);
    });

    it('reads at least one byte and no more than wanted, into the place that is wanted', async () => {
      const port = await open();
      const buffer = Buffer.alloc(10, '.');
      const reading = port.read(buffer, 3, 4);
      bench.send(Buffer.from('abcdefgh'), port);
      const result = await reading;
      expect(result.buffer).toBe(buffer);
      expect(result.bytesRead).toBeGreaterThan(0);
      expect(result.bytesRead).toBeLessThanOrEqual(4);
      expect(buffer.toString()).toBe('...abcd...'.slice(0, 3 + result.bytesRead).padEnd(10, '.'));
      const rest = await readAll(port, 8 - result.bytesRead);
      expect(rest.toString()).toBe('abcdefgh'.slice(result.bytesRead));
    });

    it('reads everything in its order', async () => {
      const port = await open();
      const sent = patternBytes(100_000);
      const reading = readAll(port, sent.length);
      for (let at = 0; at < sent.length; at += 1_000) bench.send(sent.subarray(at, at + 1_000), port);
      expect((await reading).equals(Buffer.from(sent))).toBe(true);
    });

    it('refuses to read into what is no buffer, or is too small', async () => {
      const port = await open();
      const buffer = Buffer.alloc(4);
      await expect(port.read(wrong('buffer'), 0, 1)).rejects.toThrow(new TypeError('"buffer" is not a Buffer'));
      const offset = (got: string) => new TypeError(`"offset" is not an integer got "${got}"`);
      await expect(port.read(buffer, Number.NaN, 1)).rejects.toThrow(offset('NaN'));
      const length = (got: string) => new TypeError(`"length" is not an integer got "${got}"`);
      await expect(port.read(buffer, 0, Number.NaN)).rejects.toThrow(length('NaN'));
      await expect(port.read(buffer, 2, 3)).rejects.toThrow('buffer is too small');
    });

    it('writes, and drain waits for it', async () => {
      const port = await open();
      const written = patternBytes(5_000);
      let isWritten = false;
      const writing = port.write(Buffer.from(written)).then(() => {
        isWritten = true;
      });
      await port.drain();
      expect(isWritten).toBe(true);
      await writing;
      expect(Buffer.from(await bench.received(5_000, port)).equals(Buffer.from(written))).toBe(true);
      await port.write(Buffer.alloc(0));
      await expect(port.write(wrong('text'))).rejects.toThrow(new TypeError('"buffer" is not a Buffer'));
    });

    it('changes the speed, and says which is in force', async () => {
      const port = await open();
      expect(await port.getBaudRate()).toEqual({ baudRate: 9600 });
      await port.update({ baudRate: 19_200 });
      expect(await port.getBaudRate()).toEqual({ baudRate: 19_200 });
      await expect(port.update(wrong('fast'))).rejects.toThrow(new TypeError('"options" is not an object'));
      await expect(port.update(wrong({}))).rejects.toThrow(new TypeError('"options.baudRate" is not a number'));
    });

    it('flushes what was received', async () => {
      const port = await open();
      bench.send(patternBytes(3_000), port);
      await port.flush();
      bench.send(Buffer.from('fresh'), port);
      expect((await readAll(port, 5)).toString()).toBe('fresh');
    });

    it('refuses flags that are none', async () => {
      const port = await open();
      await expect(port.set(wrong('dtr'))).rejects.toThrow(new TypeError('"options" is not an object'));
    });

    if (hasLines) {
      it('sets outputs and tells inputs', async () => {
        const port = await open();
        await port.set({ dtr: false, rts: true, brk: false });
        expect(await port.get()).toEqual({ cts: true, dsr: expect.any(Boolean), dcd: false });
      });
    }

    it('cancels a read that is under way when it is closed', async () => {
      const port = await open();
      const reading = port.read(Buffer.alloc(1), 0, 1).catch((error: unknown) => error);
      const closing = port.close();
      expect(port.isOpen).toBe(false);
      await closing;
      const error = await reading;
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ canceled: true });
    });

    if (canHold) {
      it('fails a write that is under way when it is closed', async () => {
        const port = await open();
        bench.hold?.();
        const writing = port.write(Buffer.alloc(3_000_000)).catch((error: unknown) => error);
        await Promise.all([new Promise(setImmediate), port.close()]);
        // node-serialport's own binding says that it was canceled only where it was waiting, not while it was writing.
        expect(await writing).toMatchObject({ message: expect.stringMatching(/^(Port is not open|Canceled)$/) });
      });
    }

    it('does nothing once it is closed', async () => {
      const port = await open();
      await port.close();
      const attempts = [
        () => port.close(),
        () => port.read(Buffer.alloc(1), 0, 1),
        () => port.write(Buffer.from('x')),
        () => port.update({ baudRate: 9600 }),
        () => port.set({ dtr: true }),
        () => port.get(),
        () => port.getBaudRate(),
        () => port.flush(),
        () => port.drain(),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toThrow('Port is not open');
    });
  });
}
