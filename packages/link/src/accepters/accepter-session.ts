import type { Duplex } from 'node:stream';
import { type AccessProtocol, reasonOf, SercliError } from '@sercli/protocol';
import { StagingBuffer } from '../carriers/staging-buffer.ts';
import type { LinkEvent, SerialLink } from '../serial-link.ts';
import type { AccepterSessionOptions } from './accepter-options.ts';
import { DeviceQueue } from './device-queue.ts';
import { IdleWatch } from './idle-watch.ts';
import { makeTranslator } from './make-translator.ts';
import { realSessionClock, type SessionClock } from './session-clock.ts';
import type { Translator } from './translator.ts';

/** Answers that wait for a client that does not read them; above it no more of its commands are read. */
const unreadAnswerBytes = 262_144;
/** Gathered at most before it is written. */
const gatheredBytes = 65_536;

/**
 * When a client has gone, what it sent before is still handed to the device; one that takes nothing for so long does not
 * get the rest, so that the port becomes free.
 */
export const lingerMs = 10_000;
/** When the port's end has come, a client that does not read is cut off after so long. */
export const farewellMs = 5_000;

/** How far the session is on its way to the end. */
type Phase =
  | { readonly kind: 'open' }
  /** Nothing more comes from the client: what it sent before goes to the device, then the link is closed. */
  | { readonly kind: 'lingering' }
  /** The link is over: what it has left goes to the client, then the stream ends. */
  | { readonly kind: 'parting' }
  | { readonly kind: 'over' };

/** One client on a byte stream that uses one link, in an access protocol. */
export class AccepterSession {
  /** Resolves when link and stream are closed; to an error unless the client, or `close`, has ended it. Never rejects. */
  readonly closed: Promise<SercliError | undefined>;
  readonly #link: SerialLink;
  readonly #stream: Duplex;
  readonly #clock: SessionClock;
  readonly #translator: Translator;
  readonly #staging: StagingBuffer;
  readonly #queue: DeviceQueue;
  readonly #idle: IdleWatch | undefined;
  readonly #inDoubt: ((bytes: number) => void) | undefined;
  #banner: Uint8Array | undefined;
  #phase: Phase = { kind: 'open' };
  #isGiving = false;
  /** Why it ends. */
  #reason: SercliError | undefined;
  #cancelWait: () => void = () => undefined;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  constructor(options: AccepterSessionOptions) {
    const { link, stream, clock = realSessionClock, writePaceBytesPerSecond: bytesPerSecond, idleMs } = options;
    this.#link = link;
    this.#stream = stream;
    this.#clock = clock;
    this.#banner = options.banner;
    this.#inDoubt = options.onInDoubt?.bind(options);
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#staging = new StagingBuffer(
      (bytes) => this.#write(bytes),
      () => this.#stream.writableLength,
    );
    this.#queue = new DeviceQueue({ link, clock, bytesPerSecond, progressed: () => this.#progressed() });
    this.#idle = idleMs === undefined ? undefined : new IdleWatch(clock, idleMs, () => this.#idled(idleMs));
    this.#translator = makeTranslator(options.protocol, this.#translatorSession(), options);
    this.#translator.start();
    this.#listenToStream();
    link.listen({
      readable: () => this.#give(),
      writable: () => this.#queue.run(),
      event: (event) => this.#event(event),
    });
    this.#give();
    void link.closed.then((error) => this.#linkClosed(error));
    if (stream.destroyed) this.#streamClosed();
  }

  /** What is spoken; `auto` until that is decided. */
  get protocol(): AccessProtocol {
    return this.#translator.protocol;
  }

  /** Bytes of the client that went nowhere, because another session controls the port. */
  get refusedBytes(): number {
    return this.#queue.refusedBytes;
  }

  /** Ends when what the client has sent is handed to the device, and what the device has sent before is on its way. */
  async close(): Promise<void> {
    this.#clientEnded();
    await this.closed;
  }

  /** Ends now. */
  abort(error: SercliError): void {
    this.#reason ??= error;
    this.#link.abort(error);
    this.#stream.destroy();
  }

  #translatorSession() {
    return {
      link: this.#link,
      clock: this.#clock,
      send: (bytes: Uint8Array) => this.#send(bytes),
      sendApart: (bytes: Uint8Array) => {
        this.#staging.flush();
        this.#send(bytes);
        this.#staging.flush();
      },
      toDevice: (bytes: Uint8Array) => this.#queue.write(bytes),
      inOrder: (action: () => Promise<void>) => this.#queue.act(action),
      discardUnwritten: () => void this.#queue.discardBytes(),
      resume: () => this.#give(),
    };
  }

  #listenToStream(): void {
    const stream = this.#stream;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('drain', () => {
      this.#give();
      this.#readOn();
    });
    stream.on('end', () => this.#clientEnded());
    stream.on('error', (error) => {
      this.#reason ??= new SercliError('connection-lost', { host: 'the client', reason: reasonOf(error) });
    });
    stream.on('close', () => this.#streamClosed());
  }

  #take(bytes: Uint8Array): void {
    if (this.#phase.kind !== 'open') return;
    this.#idle?.touched();
    this.#translator.take(bytes);
    this.#readOn();
  }

  /** The client is read as long as there is room for what it says and for the answers. */
  #readOn(): void {
    const isRoom = !this.#queue.isFull && this.#unsentBytes < unreadAnswerBytes;
    if (isRoom === !this.#stream.isPaused()) return;
    if (isRoom) this.#stream.resume();
    else this.#stream.pause();
  }

  /** Sends the client what the link has, as far as the stream has room. */
  #give(): void {
    // Consuming can bring the next bytes.
    if (this.#isGiving) return;
    this.#isGiving = true;
    this.#giveBanner();
    while (this.#translator.mayGive && !this.#isCongested) {
      const bytes = this.#link.peek(this.#translator.giveBytes);
      if (bytes.length === 0 || this.#isCongested) break;
      this.#translator.give(bytes);
      this.#idle?.touched();
      this.#link.consume(bytes.length);
    }
    this.#isGiving = false;
    if (this.#phase.kind === 'parting') this.#part();
  }

  #giveBanner(): void {
    const banner = this.#banner;
    if (banner === undefined || !this.#translator.mayGive) return;
    this.#banner = undefined;
    this.#translator.give(banner);
  }

  #send(bytes: Uint8Array): void {
    if (this.#stream.writableEnded || this.#stream.destroyed) return;
    this.#staging.add(bytes);
    if (this.#staging.bytes >= gatheredBytes) this.#staging.flush();
  }

  #write(bytes: Uint8Array): void {
    if (!this.#stream.writableEnded && !this.#stream.destroyed) this.#stream.write(bytes);
  }

  get #unsentBytes(): number {
    return this.#staging.bytes + this.#stream.writableLength;
  }

  get #isCongested(): boolean {
    return this.#stream.writableNeedDrain || this.#stream.destroyed || this.#stream.writableEnded;
  }

  #event(event: LinkEvent): void {
    if (this.#phase.kind === 'over') return;
    const isTold = this.#translator.event(event);
    if (event.kind === 'in-doubt') this.#inDoubt?.(event.bytes);
    if (event.kind === 'gap' && event.bytes !== undefined && !isTold) {
      // A stream that goes on would look whole.
      this.abort(new SercliError('reader-too-slow', { port: this.#link.info.name, bytes: event.bytes }));
    }
    if (event.kind === 'control' || event.kind === 'state') this.#queue.run();
  }

  #progressed(): void {
    this.#idle?.touched();
    this.#readOn();
    this.#closeLinkWhenWritten();
  }

  #idled(idleMs: number): void {
    const reason = `no byte came or went for ${idleMs / 1000} s`;
    this.#reason ??= new SercliError('session-ended', { port: this.#link.info.name, reason });
    this.#clientEnded();
  }

  #clientEnded(): void {
    if (this.#phase.kind !== 'open') return;
    this.#translator.clientEnded();
    this.#phase = { kind: 'lingering' };
    this.#linger();
    this.#closeLinkWhenWritten();
  }

  #closeLinkWhenWritten(): void {
    if (this.#phase.kind === 'lingering' && this.#queue.isEmpty) void this.#link.close();
  }

  /** Gives up on a device that takes nothing. */
  #linger(): void {
    const before = this.#queue.queuedBytes;
    this.#cancelWait = this.#clock.after(lingerMs, () => {
      if (this.#queue.queuedBytes < before) return this.#linger();
      const reason = `the client has gone, and the device took nothing of its last ${before} bytes for ${lingerMs} ms`;
      this.abort(new SercliError('session-ended', { port: this.#link.info.name, reason }));
    });
  }

  #linkClosed(error: SercliError | undefined): void {
    this.#cancelWait();
    this.#reason ??= error;
    this.#translator.stop();
    this.#queue.stop();
    if (this.#stream.destroyed) return this.#end();
    this.#phase = { kind: 'parting' };
    this.#cancelWait = this.#clock.after(farewellMs, () => this.#stream.destroy());
    this.#give();
  }

  /** Ends the stream when the client has been sent everything. */
  #part(): void {
    if (this.#isCongested || (this.#translator.mayGive && this.#link.peek(1).length > 0)) return;
    this.#staging.flush();
    this.#stream.end();
    // A client that sends on is not listened to, and its bytes must not keep the end waiting.
    this.#stream.resume();
    if (this.#stream.readableEnded) return;
    this.#stream.once('finish', () => this.#stream.destroy());
  }

  #streamClosed(): void {
    if (this.#phase.kind === 'open') this.#clientEnded();
    else if (this.#phase.kind === 'parting') this.#end();
  }

  #end(): void {
    if (this.#phase.kind === 'over') return;
    this.#phase = { kind: 'over' };
    this.#cancelWait();
    this.#idle?.stop();
    this.#settle(this.#reason);
  }
}
