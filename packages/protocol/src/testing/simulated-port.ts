import type { SercliError } from '../errors.ts';
import { defaultLineSettings, type LineSettings } from '../line-settings.ts';
import { noModemLines } from '../modem-lines.ts';
import type { AccepterHandlers, SessionKeeper } from '../native/accepter-handlers.ts';
import type { AccepterSession } from '../native/accepter-session.ts';
import type { PortEvent } from '../native/messages/event.ts';
import type { PortRequest } from '../native/messages/request.ts';
import { checkPattern, patternBytes } from './byte-sequences.ts';
import type { PlacedRequest } from './simulated-application.ts';

interface WaitingRequest {
  readonly sequence: number;
  readonly offset: number;
  readonly request: PortRequest;
}

/** Keeps the session for a client that comes back. */
export interface Keeping {
  readonly token: string;
  keep(): void;
  forget(): void;
}

/** How a session ended, as its port saw it: it closed by itself or in answer to the client, or it was told of an error. */
export type PortEnding = 'closed' | SercliError;

/** The port behind an accepter's session. Checks that every byte and every request comes in its place. */
export class SimulatedPort implements AccepterHandlers {
  readonly session: AccepterSession;
  readonly sentEvents: { readonly offset: number; readonly event: PortEvent }[] = [];
  readonly endings: PortEnding[] = [];
  /** In force, as the client was told last. */
  settings: LineSettings = defaultLineSettings;
  /** Those that came, in order. */
  readonly requests: PlacedRequest[] = [];
  /** How often the client was cut off, and whether it is. */
  cuts = 0;
  isCut = false;
  /** Its agent was killed, so that nothing of the session may be applied. */
  isGone = false;
  readonly #keeping: Keeping | undefined;
  readonly #seed: number;
  readonly #now: () => number;
  /** What the device made and was not sent yet. */
  #unsent: ({ kind: 'bytes'; length: number } | { kind: 'event'; event: PortEvent })[] = [];
  #madeOffset: number;
  #receivedOffset = 0;
  #takenOffset = 0;
  #lastRequest = 0;
  readonly #waiting: WaitingRequest[] = [];
  #isClosing = false;
  #isAccepted = false;

  constructor(session: AccepterSession, seed: number, startOffset: number, now: () => number, keeping?: Keeping) {
    this.#keeping = keeping;
    this.session = session;
    this.#seed = seed;
    this.#madeOffset = startOffset;
    this.#now = now;
  }

  get madeOffset(): number {
    return this.#madeOffset;
  }

  get receivedOffset(): number {
    return this.#receivedOffset;
  }

  get waitingRequests(): number {
    return this.#waiting.length;
  }

  /** The client has the port, or had it. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  accept(): void {
    const keeping = this.session.isResumable ? this.#keeping : undefined;
    this.#isAccepted = this.session.accept(
      {
        name: 'ttyS0',
        device: '/dev/ttyS0',
        epoch: 'first',
        offset: this.#madeOffset,
        settings: defaultLineSettings,
        lines: noModemLines,
        ...(keeping === undefined ? {} : { token: keeping.token }),
      },
      this,
      keeping === undefined ? undefined : this.#keeper(keeping),
    );
    if (this.#isAccepted) keeping?.keep();
  }

  /** The agent is killed. */
  vanish(): void {
    this.isGone = true;
    this.isCut = false;
  }

  /** The device makes bytes. */
  make(bytes: number): void {
    this.#unsent.push({ kind: 'bytes', length: bytes });
    this.#madeOffset += bytes;
    this.sendable(this.#now());
  }

  happen(event: PortEvent): void {
    if (this.endings.length > 0) return;
    this.#unsent.push({ kind: 'event', event });
    if (event.kind === 'gap') this.#madeOffset += event.bytes ?? 0;
    this.sendable(this.#now());
  }

  /** The device's driver takes bytes, up to the next request. */
  take(bytes: number): void {
    const stop = Math.min(this.#receivedOffset, this.#waiting[0]?.offset ?? Number.POSITIVE_INFINITY);
    // A flush may have passed the request already.
    this.#takenOffset = Math.max(this.#takenOffset, Math.min(this.#takenOffset + bytes, stop));
    this.session.taken(this.#now());
    this.#closeWhenTaken();
  }

  /** The next request is done, if every byte before it was taken. */
  finishNext(): void {
    const next = this.#waiting[0];
    if (next === undefined || next.offset > this.#takenOffset) return;
    this.#waiting.shift();
    const { sequence, request } = next;
    if (request.kind !== 'configure') return this.session.finish({ sequence }, this.#now());
    this.settings = { ...defaultLineSettings, ...request.change };
    this.session.finish({ sequence, settings: this.settings }, this.#now());
  }

  close(error?: SercliError): void {
    if (this.endings.length > 0) return;
    this.endings.push('closed');
    this.session.close(error, this.#now());
  }

  received(bytes: Uint8Array): void {
    this.#checkPresence();
    checkPattern(this.#seed + 1, this.#receivedOffset, bytes);
    this.#receivedOffset += bytes.length;
  }

  request(sequence: number, offset: number, request: PortRequest): void {
    if (sequence !== this.#lastRequest + 1) throw new Error(`request ${sequence} came after ${this.#lastRequest}`);
    if (offset !== this.#receivedOffset) throw new Error(`a request of byte ${offset} came at ${this.#receivedOffset}`);
    this.#checkPresence();
    this.requests.push({ offset, request });
    this.#lastRequest = sequence;
    if (request.kind === 'flush') this.#flush(sequence, request.queue);
    else this.#waiting.push({ sequence, offset, request });
  }

  sendable(now: number): void {
    for (let next = this.#unsent[0]; next !== undefined; next = this.#unsent[0]) {
      if (next.kind === 'event') {
        this.sentEvents.push({ offset: this.session.sentOffset, event: next.event });
        if ('settings' in next.event) this.settings = next.event.settings;
        this.session.sendEvent(next.event);
      } else {
        const length = Math.min(next.length, this.session.sendableBytes);
        if (length === 0) return;
        this.session.sendData(patternBytes(this.#seed, this.session.sentOffset, length), now);
        next.length -= length;
        if (next.length > 0) continue;
      }
      this.#unsent.shift();
    }
  }

  taken(): number {
    return this.#takenOffset;
  }

  closing(): void {
    this.#isClosing = true;
    this.#closeWhenTaken();
  }

  ended(error: SercliError): void {
    this.#checkPresence();
    this.endings.push(error);
  }

  #keeper({ forget }: Keeping): SessionKeeper {
    return {
      cut: () => {
        this.cuts += 1;
        this.isCut = true;
      },
      resumed: () => {
        if (!this.isCut) throw new Error('the client came back, and was not cut off');
        this.isCut = false;
      },
      over: () => {
        this.isCut = false;
        forget();
      },
    };
  }

  #checkPresence(): void {
    if (this.isGone) throw new Error('something of before comes to an agent that was killed');
    if (this.endings.length > 0) throw new Error('a session that is over goes on');
  }

  #closeWhenTaken(): void {
    if (this.#isClosing && this.#takenOffset === this.#receivedOffset) this.close();
  }

  #flush(sequence: number, queue: 'received' | 'unsent' | 'both'): void {
    if (queue !== 'received') this.#takenOffset = this.#receivedOffset;
    if (queue === 'unsent') return this.session.finish({ sequence }, this.#now());
    this.#unsent = [];
    this.session.finish({ sequence, discardedTo: this.#madeOffset }, this.#now());
  }
}
