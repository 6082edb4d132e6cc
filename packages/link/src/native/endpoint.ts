import {
  Connection,
  type ConnectionHandlers,
  type ConnectionOptions,
  type Hello,
  type Limits,
  SercliError,
} from '@sercli/protocol';
import type { Carrier } from '../carriers/carrier.ts';

/** How long a peer has to end its side after everything was said, in milliseconds. */
const closeGraceMs = 2_000;

/** What the owner of an endpoint is told. */
export interface EndpointHandlers {
  greeted(hello: Hello): void;
  open: ConnectionHandlers['open'];
  resume: ConnectionHandlers['resume'];
  /** Over; without an error if a side closed on purpose. Called once. */
  ended(error: SercliError | undefined): void;
}

/** A connection on a carrier: bytes pass between the two, and time. */
export class NativeEndpoint {
  readonly #carrier: Carrier;
  readonly #connection: Connection;
  readonly #limits: Limits;
  readonly #handlers: EndpointHandlers;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(carrier: Carrier, options: ConnectionOptions, handlers: EndpointHandlers) {
    this.#carrier = carrier;
    this.#limits = options.limits;
    this.#handlers = handlers;
    this.#connection = new Connection(
      options,
      {
        send: (head, body) => this.#send(head, body),
        greeted: (hello) => handlers.greeted(hello),
        open: (session, open) => handlers.open(session, open),
        resume: (token) => handlers.resume(token),
        wake: (at) => this.#wake(at),
        ended: (error) => this.#ended(error),
      },
      performance.now(),
    );
    carrier.listen({
      received: (chunk) => this.#received(chunk),
      drained: () => this.#connection.setCongested(false, performance.now()),
      ended: (error) => this.#connection.carrierEnded(error),
    });
    this.#setTimer();
  }

  get peerAddress(): string {
    return this.#carrier.peerAddress;
  }

  get connection(): Connection {
    return this.#connection;
  }

  close(error?: SercliError): void {
    this.#connection.close(error);
  }

  #received(chunk: Uint8Array): void {
    this.#connection.receive(chunk, performance.now());
    if (!this.#carrier.keepsFrames || this.#connection.isEnded) return;
    if (chunk.length > 0 && this.#connection.isBetweenFrames) return;
    this.close(
      new SercliError('frame-malformed', { type: 'WebSocket message', reason: 'it does not hold whole frames' }),
    );
  }

  #send(head: Uint8Array, body: Uint8Array | undefined): void {
    this.#carrier.send(head, body);
    if (this.#carrier.isCongested) this.#connection?.setCongested(true, performance.now());
    if (this.#carrier.bufferedBytes > this.#limits.unsentBytes) this.#giveUp();
  }

  /** Not at once: this is called while the connection is busy sending. */
  #giveUp(): void {
    const error = new SercliError('peer-not-reading', { bytes: this.#carrier.bufferedBytes });
    setImmediate(() => {
      this.#carrier.abort();
      this.#connection.carrierEnded(error);
    });
  }

  #wake(at: number): void {
    if (at < this.#timerAt) this.#setTimer();
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timerAt = this.#connection.nextTickAt;
    if (this.#timerAt === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#tick(), Math.max(0, Math.ceil(this.#timerAt - performance.now())));
  }

  #tick(): void {
    this.#connection.tick(performance.now());
    this.#setTimer();
  }

  #ended(error: SercliError | undefined): void {
    clearTimeout(this.#timer);
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#carrier.close();
    const grace = setTimeout(() => this.#carrier.abort(), closeGraceMs);
    grace.unref();
    this.#handlers.ended(error);
  }
}
