import { Duplex } from 'node:stream';
import type { LinkEvent, LinkState, SerialLink } from '@sercli/link';
import {
  type Controller,
  checkPortRequest,
  type FlushQueue,
  formatPortAddress,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  type ModemOutputs,
  type PortAddress,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import { unlessStuck } from './close-in-time.ts';
import { PlacedEvents } from './placed-events.ts';
import type { Events, Listener, UntypedListener } from './remote-port-events.ts';
import { WrittenBytes } from './written-bytes.ts';

/** What a port is made of; `controller`: who controls it besides this one. */
export type PortLink = SerialLink & { readonly controller: Controller | undefined };

/** Bytes that are read at a time. */
const chunkBytes = 65_536;

/** How long a break lasts unless said otherwise, in milliseconds: tcsendbreak(3) takes 250 to 500. */
const breakMs = 250;

/**
 * A serial port of an agent as a stream: what the device sends is read, what is written goes to the device. `connect` makes
 * one.
 *
 * A reader that is paused reads nothing from the agent either, beyond the 64 KiB that are under way; the agent keeps the
 * rest in the port's log (4 MiB unless configured otherwise), and tells a gap where that is not enough. `write` returns
 * false, and `drain` follows, as with every stream: bytes leave it when the device's driver can take them.
 *
 * A connection that is cut is a pause: no byte is lost or doubled, and what is asked for meanwhile is done when it goes on.
 * When the port is over, the stream is destroyed with a SercliError.
 */
export class RemotePort extends Duplex {
  /** As an address: `SerialMachine/ttyS0`. */
  readonly address: string;
  readonly #link: PortLink;
  readonly #isMonitor: boolean;
  readonly #written = new WrittenBytes();
  /** The reader wants more. */
  #isReading = false;
  /** Bytes that were given to the stream; those that its reader has are `readableLength` less. */
  #givenBytes = 0;
  /** Events of what is being read, until that is given. */
  #heldEvents: LinkEvent[] | undefined;
  readonly #placed = new PlacedEvents();
  #lostAt: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(address: PortAddress, link: PortLink, isMonitor: boolean) {
    super({ readableHighWaterMark: chunkBytes });
    this.address = formatPortAddress(address);
    this.#link = link;
    this.#isMonitor = isMonitor;
    link.listen({
      readable: () => this.#give(),
      writable: () => this.#send(),
      event: (event) => (this.#heldEvents === undefined ? this.#tell(event) : this.#heldEvents.push(event)),
    });
    void link.closed.then((error) => {
      if (error !== undefined) this.#written.fail(error);
      this.#give();
    });
  }

  /** Those in force on the device, which need not be those that were asked for. */
  get settings(): LineSettings {
    return this.#link.settings;
  }

  /** The modem lines as last known; all off where the device has none. */
  get lines(): ModemLines {
    return this.#link.lines;
  }

  /** Whether what is written and asked for reaches the device. */
  get hasControl(): boolean {
    return this.#link.hasControl;
  }

  /** Who controls the port, or shares control of it, if anybody does besides this one. */
  get controller(): Controller | undefined {
    return this.#link.controller;
  }

  /** `lost`: the connection is cut, or the device is gone, and may come back. */
  get state(): LinkState['kind'] {
    return this.#link.state.kind;
  }

  /**
   * Changes line settings when all bytes written before have left the device: `update({ baudRate: 9600 })`.
   *
   * @returns the settings in force then, which differ from the wanted ones where the device cannot have them
   * @throws SercliError `bad-settings`, `settings-fixed`, `not-controller`, `device-failed`, `closed`
   */
  async update(change: LineSettingsChange): Promise<LineSettings> {
    checkPortRequest({ kind: 'configure', change });
    return this.#written.behind(() => this.#link.configure(change), this.writableLength);
  }

  /**
   * Sets DTR and RTS, behind the bytes written before; what is not said stays as it is.
   *
   * @throws SercliError `no-modem-lines`, `not-controller`, `closed`
   */
  async setLines(outputs: Partial<ModemOutputs>): Promise<ModemLines> {
    await this.runSequence([outputs]);
    return this.lines;
  }

  /**
   * Sets DTR, RTS and break step by step, behind the bytes written before. The agent times it: no step is shorter than it says.
   *
   * @throws SercliError `no-modem-lines`, `no-break`, `not-controller`, `request-refused` for more than 256 steps or 60 s in
   *   one, `usage`, `closed`, and what ended the session before it was done: it is not run twice
   */
  async runSequence(steps: readonly SequenceStep[]): Promise<void> {
    checkPortRequest({ kind: 'run-sequence', steps });
    return this.#written.behind(() => this.#link.runSequence(steps), this.writableLength);
  }

  /** Sends a break of `ms` milliseconds, behind the bytes written before. @throws SercliError as `runSequence` */
  sendBreak(ms: number = breakMs): Promise<void> {
    return this.runSequence([{ break: true, waitMs: ms }, { break: false }]);
  }

  /**
   * Resolves when the last byte written before has left the device.
   *
   * @throws SercliError `closed`, and what ended the session before
   */
  drain(): Promise<void> {
    return this.#written.behind(() => this.#link.drain(), this.writableLength);
  }

  /**
   * Discards bytes, as tcflush(3) does: `received` by the device and not read from the agent yet, written and `unsent` yet,
   * or `both`. What this stream holds for a paused reader is not discarded.
   *
   * @throws SercliError `closed`, and what ended the session before
   */
  async flush(queue: FlushQueue = 'both'): Promise<void> {
    checkPortRequest({ kind: 'flush', queue });
    if (queue !== 'received') this.#written.discard(this.writableLength);
    const flushed = this.#link.flush(queue);
    this.#send();
    await flushed;
  }

  /**
   * Ends the port: what was written is handed to the device first, then reading ends. Idempotent, and never rejects. A
   * device that takes nothing for 2 s is not waited for: how many of the bytes written last may not have reached it, an
   * `in-doubt` event tells.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  override on<Name extends keyof Events>(event: Name, listener: Listener<Name>): this;
  override on(event: string | symbol, listener: (...args: never[]) => void): this;
  override on(event: string | symbol, listener: (...args: never[]) => void): this {
    return super.on(event, listener as UntypedListener);
  }

  override once<Name extends keyof Events>(event: Name, listener: Listener<Name>): this;
  override once(event: string | symbol, listener: (...args: never[]) => void): this;
  override once(event: string | symbol, listener: (...args: never[]) => void): this {
    return super.once(event, listener as UntypedListener);
  }

  override read(size?: number): ReturnType<Duplex['read']> {
    const chunk: unknown = super.read(size);
    this.#tellReached();
    return chunk;
  }

  override _read(): void {
    this.#isReading = true;
    this.#give();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { controller, hasControl, info } = this.#link;
    if (this.#isMonitor && !hasControl) {
      return done(new SercliError('not-controller', { port: info.name, holder: controller?.name ?? 'nobody' }));
    }
    this.#written.take(chunk, done);
    this.#send();
  }

  override _final(done: (error?: Error | null) => void): void {
    // Who closes the port does not wait for the line: what the driver has, it sends by itself.
    if (this.#closing !== undefined || this.#link.state.kind === 'closed') return done();
    this.#link.drain().then(
      () => done(),
      (error: Error) => done(this.#closing === undefined ? error : null),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Why is a matter of the program alone: an AbortError, say, or whatever another stream of a pipeline failed with.
    this.#link.abort(new SercliError('aborted', { what: this.address }));
    this.#written.fail(error ?? new SercliError('closed', { what: this.address }));
    done(error);
  }

  async #close(): Promise<void> {
    if (this.destroyed) return;
    const handedOver = this.#written.behind(() => Promise.resolve(), this.writableLength).catch(() => undefined);
    if (!this.writableEnded) this.end();
    if (await unlessStuck(this.#link, handedOver)) return this.#link.close();
    const { writeOffset, drainedOffset } = this.#link;
    this.emit('in-doubt', { bytes: this.writableLength - this.#written.movedBytes + writeOffset - drainedOffset });
    this.destroy();
    await this.#link.closed;
  }

  /** As much as the reader wants. */
  #give(): void {
    while (this.#isReading && !this.destroyed) {
      const bytes = this.#link.peek(chunkBytes);
      if (bytes.length === 0) break;
      // The memory is the link's.
      const chunk = Buffer.from(bytes);
      this.#heldEvents = [];
      this.#link.consume(chunk.length);
      const events = this.#heldEvents;
      this.#heldEvents = undefined;
      this.#givenBytes += chunk.length;
      this.#isReading = false;
      // Who gets it may read on at once.
      if (this.push(chunk)) this.#isReading = true;
      for (const event of events) this.#tell(event);
    }
    const { state } = this.#link;
    if (state.kind === 'closed' && this.#link.peek(1).length === 0) this.#end(state.error);
  }

  #send(): void {
    const taken = this.#written.moveTo(this.#link);
    if (taken.refusedBytes > 0) this.emit('refused', { bytes: taken.refusedBytes });
  }

  /** The link is over; what it had received is read first. */
  #end(error: SercliError | undefined): void {
    if (this.destroyed || this.readableEnded || this.#link.peek(1).length > 0) return;
    if (error !== undefined) return void this.destroy(error);
    this.push(null);
    // Nobody reads: the stream ends all the same.
    if (this.readableFlowing === null && this.listenerCount('readable') === 0) this.resume();
  }

  #tell(event: LinkEvent): void {
    if (event.kind === 'drained') return;
    if (event.kind === 'state') return this.#tellState(event.state);
    if (event.kind === 'settings') return void this.emit('settings', event.settings);
    if (event.kind === 'lines') return void this.emit('lines', event.lines);
    // What waits to be written is refused now.
    if (event.kind === 'control') this.#send();
    if ('offset' in event) {
      this.#placed.add(event, this.#givenBytes);
      return this.#tellReached();
    }
    const { kind, ...what } = event;
    this.emit(kind, what);
  }

  /** Tells the events whose place the reader has come to. */
  #tellReached(): void {
    const readBytes = this.#givenBytes - this.readableLength;
    for (let event = this.#placed.next(readBytes); event !== undefined; event = this.#placed.next(readBytes)) {
      const { kind, ...what } = event;
      this.emit(kind, what);
    }
  }

  #tellState(state: LinkState): void {
    if (state.kind === 'lost' && this.#lostAt === undefined) {
      this.#lostAt = performance.now();
      this.emit('lost', { reason: state.reason });
    } else if (state.kind === 'up' && this.#lostAt !== undefined) {
      const pausedMs = performance.now() - this.#lostAt;
      this.#lostAt = undefined;
      this.emit('up', { pausedMs });
    }
  }
}
