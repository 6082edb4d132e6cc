import {
  type AccepterSession,
  type Controller,
  type Done,
  type FlushQueue,
  type PortEvent,
  type PortRequest,
  SercliError,
  tellError,
  toSercliError,
} from '@sercli/protocol';
import type { LinkEvent, LinkState, SerialLink } from '../serial-link.ts';
import type { HeldSessions } from './held-sessions.ts';

/** A command can be longer than a message may be; clients only show it. */
const deviceCharacters = 1024;

interface WaitingRequest {
  readonly sequence: number;
  readonly offset: number;
  readonly request: PortRequest;
}

/** A session and the link that it is given. */
export interface ServedSessionOptions {
  readonly session: AccepterSession;
  readonly link: SerialLink;
  /** Names the run of the link's count of received bytes. */
  readonly epoch: string;
  /** Who controls the port, if it is not this session. */
  readonly controller?: Controller | undefined;
  /** Where the session is held when its client is cut off; without it, it ends then. */
  readonly held?: ReturnType<HeldSessions['hold']> | undefined;
}

/** Serves a link to the client of one session: bytes, requests and events, in order and within the windows. */
export class ServedSession {
  readonly #session: AccepterSession;
  readonly #link: SerialLink;
  /** Bytes for the device that the link has not taken yet; their amount is bounded by the window. */
  readonly #unwritten: Uint8Array[] = [];
  readonly #requests: WaitingRequest[] = [];
  /** Offset of the first unwritten byte. */
  #writtenOffset = 0;
  /** What the link's offsets were when the session began. */
  readonly #linkBase: number;
  /** Bytes that a flush discarded before the link took them: to the client they count as taken. */
  #discarded = 0;
  /** Flushes of received bytes under way: what the link gives now may have to be discarded. */
  #flushes = 0;
  #isClosing = false;
  #closed: { readonly error: SercliError | undefined } | undefined;

  constructor({ session, link, epoch, controller, held }: ServedSessionOptions) {
    this.#session = session;
    this.#link = link;
    this.#linkBase = link.writeOffset;
    const { info, settings, lines, readOffset } = link;
    const device = info.device.slice(0, deviceCharacters);
    const opened = { name: info.name, device, epoch, offset: readOffset, settings, lines };
    const told = {
      ...opened,
      ...(held === undefined ? {} : { token: held.token }),
      ...(controller === undefined ? {} : { controller }),
    };
    const isWanted = session.accept(
      told,
      {
        received: (bytes) => {
          this.#unwritten.push(bytes);
          this.#write();
        },
        request: (sequence, offset, request) => this.#request({ sequence, offset, request }),
        sendable: (now) => this.#send(now),
        taken: () => this.#taken(),
        closing: () => {
          this.#isClosing = true;
          this.#write();
        },
        ended: (error) => link.abort(error),
      },
      held?.keeper,
    );
    if (!isWanted) {
      link.abort(new SercliError('session-ended', { port: info.name, reason: 'the client gave it up' }));
      return;
    }
    link.listen({
      readable: () => this.#send(performance.now()),
      writable: () => this.#write(),
      event: (event) => this.#event(event),
    });
    void link.closed.then((error) => {
      this.#closed = { error };
      this.#send(performance.now());
    });
  }

  /** Sends what the link has, as far as the window goes; when a closed link has no more, the session ends. */
  #send(now: number): void {
    if (this.#flushes > 0) return;
    for (let fits = this.#session.sendableBytes; fits > 0; fits = this.#session.sendableBytes) {
      // Looking may have told of a gap, which uses up the window.
      const next = this.#link.peek(fits);
      const room = this.#session.sendableBytes;
      const bytes = next.length <= room ? next : next.subarray(0, room);
      if (bytes.length === 0) break;
      this.#session.sendData(bytes, now);
      this.#link.consume(bytes.length);
    }
    if (this.#closed !== undefined && (this.#isClosing || this.#link.peek(1).length === 0)) {
      this.#session.close(this.#closed.error, now);
    }
  }

  /** Hands on what came, requests in their place, as far as the link takes it. */
  #write(): void {
    if (!this.#link.hasControl) this.#discardUnwritten();
    let isTaken = true;
    while (isTaken) {
      this.#startRequests();
      const bytes = this.#unwritten[0];
      if (bytes === undefined) break;
      const untilRequest = (this.#requests[0]?.offset ?? Number.POSITIVE_INFINITY) - this.#writtenOffset;
      const part = bytes.length <= untilRequest ? bytes : bytes.subarray(0, untilRequest);
      const taken = this.#link.write(part);
      this.#writtenOffset += taken;
      if (taken === bytes.length) this.#unwritten.shift();
      else this.#unwritten[0] = bytes.subarray(taken);
      isTaken = taken === part.length;
    }
    this.#session.taken(performance.now());
    if (this.#isClosing) this.#closeLink();
  }

  /** What the client wrote is handed to the device first; one that is lost is not waited for. */
  #closeLink(): void {
    const { info, state } = this.#link;
    if (this.#unwritten.length === 0) void this.#link.close();
    else if (state.kind === 'lost') {
      this.#link.abort(new SercliError('device-lost', { device: info.device, reason: state.reason }));
    }
  }

  #startRequests(): void {
    for (
      let next = this.#requests[0];
      next !== undefined && next.offset <= this.#writtenOffset;
      next = this.#requests[0]
    ) {
      this.#requests.shift();
      void this.#run(next);
    }
  }

  #request(waiting: WaitingRequest): void {
    if (waiting.request.kind === 'flush') {
      if (waiting.request.queue !== 'received') this.#discardUnwritten();
      void this.#run(waiting);
    } else {
      this.#requests.push(waiting);
    }
    this.#write();
  }

  #discardUnwritten(): void {
    const bytes = this.#unwritten.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#unwritten.length = 0;
    this.#writtenOffset += bytes;
    this.#discarded += bytes;
  }

  async #run({ sequence, request }: WaitingRequest): Promise<void> {
    let done: Done;
    try {
      done = { sequence, ...(await this.#perform(request)) };
    } catch (error) {
      done = { sequence, error: tellError(toSercliError(error)) };
    }
    this.#session.finish(done, performance.now());
    this.#send(performance.now());
  }

  async #perform(request: PortRequest): Promise<Omit<Done, 'sequence'>> {
    switch (request.kind) {
      case 'configure':
        return { settings: await this.#link.configure(request.change) };
      case 'run-sequence':
        await this.#link.runSequence(request.steps);
        return {};
      case 'drain':
        await this.#link.drain();
        return {};
      case 'flush':
        return this.#flush(request.queue);
      default:
        return request satisfies never;
    }
  }

  async #flush(queue: FlushQueue): Promise<Omit<Done, 'sequence'>> {
    this.#flushes += 1;
    try {
      await this.#link.flush(queue);
    } finally {
      this.#flushes -= 1;
    }
    return queue === 'unsent' ? {} : { discardedTo: this.#link.readOffset };
  }

  #event(event: LinkEvent): void {
    const told = this.#told(event);
    if (told !== undefined) this.#session.sendEvent(told);
    if (event.kind === 'control' || event.kind === 'state') this.#write();
  }

  /** The event as the wire tells it; the end of a link is told by CLOSE instead. */
  #told(event: LinkEvent): PortEvent | undefined {
    switch (event.kind) {
      case 'gap':
        return event.bytes === undefined ? { kind: 'gap' } : { kind: 'gap', bytes: event.bytes };
      case 'break':
        return { kind: 'break' };
      case 'line-error':
        return { kind: 'line-error', error: event.error };
      case 'lines': {
        const { dtr, rts, ...inputs } = event.lines;
        return { kind: 'inputs', inputs, outputs: { dtr, rts } };
      }
      case 'settings':
        return { kind: 'settings', settings: event.settings };
      case 'in-doubt':
      case 'hold':
        return event;
      case 'drained':
        return { kind: 'drained', sent: event.offset - this.#linkBase + this.#discarded };
      case 'control': {
        const { hasControl, controller } = event;
        return {
          kind: 'control',
          isYours: hasControl,
          taken: this.#taken(),
          ...(controller === undefined ? {} : { controller }),
        };
      }
      case 'state':
        return this.#toldState(event.state);
      default:
        return event satisfies never;
    }
  }

  #toldState(state: LinkState): PortEvent | undefined {
    if (state.kind === 'lost') return { kind: 'lost', reason: state.reason };
    if (state.kind !== 'up') return undefined;
    return { kind: 'back', settings: this.#link.settings, lines: this.#link.lines };
  }

  #taken(): number {
    return this.#link.takenOffset - this.#linkBase + this.#discarded;
  }
}
