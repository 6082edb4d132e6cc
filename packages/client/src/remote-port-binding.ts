import type { LinkEvent, RemoteLink } from '@sercli/link';
import { SercliError } from '@sercli/protocol';
import { BindingsError } from './bindings-error.ts';
import { closeInTime } from './close-in-time.ts';
import type { RemoteOpenOptions } from './remote-binding.ts';
import type {
  SerialPortBinding,
  SerialPortOpenOptions,
  SerialPortSetOptions,
  SerialPortStatus,
  SerialPortUpdateOptions,
} from './serialport-types.ts';

interface PendingRead {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly length: number;
  resolve(result: { buffer: Buffer; bytesRead: number }): void;
  reject(error: Error): void;
}

interface PendingWrite {
  /** Those that the link has not taken. */
  rest: Uint8Array;
  resolve(): void;
  reject(error: Error): void;
}

/** A port of an agent as node-serialport knows ports: what its documentation of `BindingPortInterface` says holds here. */
export class RemotePortBinding implements SerialPortBinding {
  readonly openOptions: Required<SerialPortOpenOptions> & RemoteOpenOptions;
  isOpen = true;
  readonly #link: RemoteLink;
  readonly #isMonitor: boolean;
  #read: PendingRead | undefined;
  #write: PendingWrite | undefined;
  /** The write that is under way, or the last one. */
  #writing: Promise<void> = Promise.resolve();
  /** Why it is disconnected. */
  #failure: SercliError | undefined;
  /** Something is missing or not to be had any more, whatever is there still to read. */
  #isTorn = false;

  constructor(link: RemoteLink, openOptions: Required<SerialPortOpenOptions> & RemoteOpenOptions) {
    this.#link = link;
    this.openOptions = openOptions;
    this.#isMonitor = openOptions.remote?.role === 'monitor';
    link.listen({
      readable: () => this.#moveReceived(),
      writable: () => this.#moveWritten(),
      event: (event) => this.#event(event),
    });
    void link.closed.then((error) => {
      this.#fail(error ?? new SercliError('closed', { what: openOptions.path }));
    });
  }

  async close(): Promise<void> {
    this.#requireOpen();
    this.isOpen = false;
    this.#reject(new BindingsError('Port is not open', { canceled: true }));
    await closeInTime(this.#link);
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    requireBuffer(buffer);
    requireInteger('offset', offset);
    requireInteger('length', length);
    if (buffer.length < offset + length) throw new Error('buffer is too small');
    this.#requireOpen();
    if (this.#read !== undefined) throw new Error('Overlapping reads are not supported');
    if (this.#failure !== undefined && this.#isTorn) throw disconnected(this.#failure);
    return new Promise((resolve, reject) => {
      this.#read = { buffer, offset, length, resolve, reject };
      this.#moveReceived();
      if (this.#failure !== undefined) this.#reject(disconnected(this.#failure));
    });
  }

  async write(buffer: Buffer): Promise<void> {
    requireBuffer(buffer);
    this.#requireOpen();
    if (this.#write !== undefined) throw new Error('Overlapping writes are not supported');
    this.#requireControl();
    if (this.#failure !== undefined) throw disconnected(this.#failure);
    this.#writing = new Promise((resolve, reject) => {
      this.#write = { rest: buffer, resolve, reject };
    });
    this.#moveWritten();
    return this.#writing;
  }

  /** Applied when what was written before has left the device; nothing received is thrown away. */
  async update(options: SerialPortUpdateOptions): Promise<void> {
    requireObject(options);
    const { baudRate } = options;
    if (typeof baudRate !== 'number') throw new TypeError('"options.baudRate" is not a number');
    this.#requireOpen();
    await this.#writing;
    await this.#link.configure({ baudRate });
  }

  /** Flags that are not given are off, as they are in node-serialport's own binding. CTS and DSR are inputs and cannot be set. */
  async set(options: SerialPortSetOptions): Promise<void> {
    requireObject(options);
    const { dtr = false, rts = false, brk = false } = options;
    this.#requireOpen();
    await this.#link.runSequence([{ dtr, rts, break: brk }]);
  }

  async get(): Promise<SerialPortStatus> {
    this.#requireOpen();
    const { cts, dsr, dcd } = this.#link.lines;
    return { cts, dsr, dcd };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.#requireOpen();
    return { baudRate: this.#link.settings.baudRate };
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#link.flush('both');
  }

  async drain(): Promise<void> {
    this.#requireOpen();
    await this.#writing;
    await this.#link.drain();
  }

  #moveReceived(): void {
    const read = this.#read;
    if (read === undefined) return;
    const bytes = this.#link.peek(read.length);
    if (bytes.length === 0) return;
    this.#read = undefined;
    read.buffer.set(bytes, read.offset);
    this.#link.consume(bytes.length);
    read.resolve({ buffer: read.buffer, bytesRead: bytes.length });
  }

  #moveWritten(): void {
    const write = this.#write;
    if (write === undefined) return;
    write.rest = write.rest.subarray(this.#link.write(write.rest));
    if (write.rest.length > 0) return;
    this.#write = undefined;
    write.resolve();
  }

  #event(event: LinkEvent): void {
    const { name: port } = this.#link.info;
    if (event.kind === 'gap') {
      const reason = `${event.bytes ?? 'an unknown number of'} bytes that it received are missing`;
      this.#tear(new SercliError('session-ended', { port, reason }));
    } else if (event.kind === 'in-doubt') {
      const reason = `the last ${event.bytes} bytes written may not have left the device`;
      this.#tear(new SercliError('session-ended', { port, reason }));
    } else if (event.kind === 'control' && !event.hasControl && !this.#isMonitor) {
      const { name: holder = 'nobody', since = '' } = event.controller ?? {};
      this.#tear(new SercliError('control-taken', { port, holder, since }));
    }
  }

  #tear(error: SercliError): void {
    this.#isTorn = true;
    this.#fail(error);
  }

  /** Disconnects: whatever is under way fails, and whatever comes, until the port is closed. */
  #fail(error: SercliError): void {
    this.#failure ??= error;
    this.#reject(disconnected(this.#failure));
  }

  #reject(error: BindingsError): void {
    const [read, write] = [this.#read, this.#write];
    this.#read = undefined;
    this.#write = undefined;
    read?.reject(error);
    write?.reject(error);
  }

  #requireOpen(): void {
    if (!this.isOpen) throw new BindingsError('Port is not open', { canceled: true });
  }

  #requireControl(): void {
    if (!this.#isMonitor || this.#link.hasControl) return;
    const holder = this.#link.controller?.name ?? 'nobody';
    throw new SercliError('not-controller', { port: this.#link.info.name, holder });
  }
}

function disconnected(cause: SercliError): BindingsError {
  return new BindingsError(cause.message, { disconnect: true, cause });
}

function requireBuffer(value: unknown): void {
  if (!Buffer.isBuffer(value)) throw new TypeError('"buffer" is not a Buffer');
}

function requireInteger(name: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isNaN(value)) return;
  throw new TypeError(`"${name}" is not an integer got "${typeof value === 'number' ? 'NaN' : typeof value}"`);
}

function requireObject(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new TypeError('"options" is not an object');
}
