import type { SercliError } from '../errors.ts';
import type { LineSettings } from '../line-settings.ts';
import type { ConnectorHandlers } from '../native/connector-handlers.ts';
import type { ConnectorSession } from '../native/connector-session.ts';
import type { Done } from '../native/messages/done.ts';
import type { PortEvent } from '../native/messages/event.ts';
import type { Opened } from '../native/messages/opened.ts';
import type { PortRequest } from '../native/messages/request.ts';
import { checkPattern, patternBytes } from './byte-sequences.ts';

/** A request, and where it stands among the written bytes. */
export interface PlacedRequest {
  readonly offset: number;
  readonly request: PortRequest;
}

const bytesPerWrite = 20_000;

/** The user of a connector's session. Checks that every byte is the one that belongs to its offset. */
export class SimulatedApplication implements ConnectorHandlers {
  readonly events: { readonly offset: number; readonly event: PortEvent }[] = [];
  readonly requests = new Map<number, PlacedRequest>();
  readonly answers: Done[] = [];
  readonly endings: (SercliError | undefined)[] = [];
  cuts = 0;
  resumptions = 0;
  /** The connection was cut, and the session is neither resumed nor over. */
  isCut = false;
  /** Its program was killed, so that nothing may be heard from it or told to it. */
  isGone = false;
  openedWith: Opened | undefined;
  /** In force at the port, as far as was told. */
  settings: LineSettings | undefined;
  /** Bytes that are still to be written. */
  unwrittenBytes = 0;
  /** Bytes that are received and not read, and gaps among them. */
  #unread: { readonly kind: 'bytes' | 'gap'; length: number }[] = [];
  #readOffset = 0;
  #receivedOffset = 0;
  readonly #seed: number;
  readonly #now: () => number;
  #session: ConnectorSession | undefined;

  constructor(seed: number, now: () => number) {
    this.#seed = seed;
    this.#now = now;
  }

  get session(): ConnectorSession {
    if (this.#session === undefined) throw new Error('the session has not begun');
    return this.#session;
  }

  set session(session: ConnectorSession) {
    this.#session = session;
  }

  get receivedOffset(): number {
    return this.#receivedOffset;
  }

  get unreadBytes(): number {
    return this.#unread.reduce((sum, { kind, length }) => sum + (kind === 'bytes' ? length : 0), 0);
  }

  write(bytes: number): void {
    this.unwrittenBytes += bytes;
    this.writable(this.#now());
  }

  consume(bytes: number): void {
    let left = bytes;
    for (let next = this.#unread[0]; next !== undefined && (left > 0 || next.kind === 'gap'); next = this.#unread[0]) {
      const taken = next.kind === 'gap' ? next.length : Math.min(left, next.length);
      if (next.kind === 'bytes') left -= taken;
      next.length -= taken;
      this.#readOffset += taken;
      if (next.length === 0) this.#unread.shift();
    }
    this.session.consumed(this.#now());
  }

  /** The program is killed. */
  vanish(): void {
    this.isGone = true;
    this.isCut = false;
  }

  request(request: PortRequest): void {
    const offset = this.session.sentOffset;
    this.requests.set(this.session.request(request), { offset, request });
  }

  opened(opened: Opened): void {
    this.#checkPresence();
    if (this.openedWith !== undefined) throw new Error('opened twice');
    this.openedWith = opened;
    this.settings = opened.settings;
    this.#readOffset = opened.offset;
    this.#receivedOffset = opened.offset;
  }

  received(bytes: Uint8Array): void {
    this.#checkPresence();
    checkPattern(this.#seed, this.#receivedOffset, bytes);
    this.#receivedOffset += bytes.length;
    this.#unread.push({ kind: 'bytes', length: bytes.length });
  }

  event(event: PortEvent): void {
    this.#checkPresence();
    this.events.push({ offset: this.#receivedOffset, event });
    if ('settings' in event) this.settings = event.settings;
    if (event.kind !== 'gap' || event.bytes === undefined) return;
    this.#receivedOffset += event.bytes;
    // A gap that is reached is passed at once, and nobody says `consumed` for it.
    if (this.#unread.length === 0) this.#readOffset += event.bytes;
    else this.#unread.push({ kind: 'gap', length: event.bytes });
  }

  discarded(offset: number): void {
    this.#checkPresence();
    this.#unread = [];
    this.#receivedOffset = Math.max(this.#receivedOffset, offset);
    this.#readOffset = this.#receivedOffset;
  }

  done(done: Done): void {
    this.#checkPresence();
    if (!this.requests.has(done.sequence)) throw new Error(`request ${done.sequence} was answered, and is none`);
    if (this.answers.some(({ sequence }) => sequence === done.sequence)) throw new Error('answered twice');
    this.answers.push(done);
    this.settings = done.settings ?? this.settings;
  }

  writable(now: number): void {
    while (this.unwrittenBytes > 0) {
      const bytes = Math.min(this.unwrittenBytes, bytesPerWrite);
      const taken = this.session.write(patternBytes(this.#seed + 1, this.session.sentOffset, bytes), now);
      this.unwrittenBytes -= taken;
      if (taken < bytes) return;
    }
  }

  taken(): number {
    return this.#readOffset;
  }

  cut(): void {
    this.#checkPresence();
    this.cuts += 1;
    this.isCut = true;
  }

  resumed(): void {
    if (!this.isCut) throw new Error('it goes on, and was not cut');
    this.resumptions += 1;
    this.isCut = false;
  }

  ended(error: SercliError | undefined): void {
    this.#checkPresence();
    this.endings.push(error);
    this.isCut = false;
  }

  #checkPresence(): void {
    if (this.isGone) throw new Error('a program that was killed is told something');
    if (this.endings.length > 0) throw new Error('a session that is over goes on');
  }
}
