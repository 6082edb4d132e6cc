import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { CutKind } from './network-faults.ts';

/** What all connections of a proxy suffer now. */
export interface NetworkState {
  readonly isStalled: boolean;
  readonly delayMs: number;
  readonly isSplit: boolean;
  /** How many of `bytes` may pass, and counts them; fewer when a cut is due behind them. */
  pass(bytes: number): number;
  /** Those are with the kernel now. */
  passed(): void;
}

/** Bytes that a direction keeps before it reads no more. */
const maxQueuedBytes = 262_144;

/** Two sockets with a network between them that has faults. */
export class FaultyConnection {
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<unknown>;
  readonly #sockets: readonly [Socket, Socket];
  readonly #directions: readonly Direction[];

  /** Takes over both; they must be made with `allowHalfOpen`. */
  constructor(one: Socket, other: Socket, state: NetworkState) {
    this.#sockets = [one, other];
    this.closed = Promise.all(this.#sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    for (const socket of this.#sockets) {
      socket.setNoDelay();
      socket.on('error', () => this.cut('reset'));
    }
    this.#directions = [new Direction(one, other, state), new Direction(other, one, state)];
  }

  /** What passes may be another thing now. */
  renew(): void {
    for (const direction of this.#directions) direction.renew();
  }

  cut(how: CutKind): void {
    for (const direction of this.#directions) direction.stop();
    for (const socket of this.#sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end();
    }
  }

  /** What still waits for the peer's end is over. */
  close(): void {
    for (const direction of this.#directions) direction.stop();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** From one socket to the other, in order. */
class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #state: NetworkState;
  #isStopped = false;
  #queuedBytes = 0;
  /** Resolves when everything that came so far has been sent on. */
  #sent: Promise<void> = Promise.resolve();
  #goOn: () => void = () => undefined;

  constructor(from: Socket, to: Socket, state: NetworkState) {
    this.#from = from;
    this.#to = to;
    this.#state = state;
    from.on('data', (bytes: Buffer) => this.#came(bytes));
    from.once('end', () => {
      void this.#sent.then(() => to.end());
    });
    this.renew();
  }

  renew(): void {
    const isHeld = !this.#isStopped && (this.#state.isStalled || this.#queuedBytes > maxQueuedBytes);
    if (isHeld) this.#from.pause();
    else this.#from.resume();
    if (!this.#state.isStalled) this.#goOn();
  }

  /** Sends nothing on any more; what comes is thrown away, so that the peer's end is seen. */
  stop(): void {
    this.#isStopped = true;
    this.#goOn();
    this.renew();
  }

  #came(bytes: Buffer): void {
    if (this.#isStopped) return;
    const at = performance.now() + this.#state.delayMs;
    this.#queuedBytes += bytes.length;
    this.#sent = this.#sent.then(async () => {
      await this.#send(bytes, at);
      this.#queuedBytes -= bytes.length;
      this.renew();
    });
    this.renew();
  }

  /** @param at when, on the clock of `performance` */
  async #send(bytes: Buffer, at: number): Promise<void> {
    const earlyMs = at - performance.now();
    if (earlyMs > 0) await wait(earlyMs);
    while (this.#state.isStalled && !this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    }
    if (this.#isStopped) return;
    const passing = bytes.subarray(0, this.#state.pass(bytes.length));
    if (this.#state.isSplit) await this.#writeSplit(passing);
    else await this.#write(passing);
    this.#state.passed();
  }

  /** A turn of the event loop after each byte gives the receiver time to read it alone. */
  async #writeSplit(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      await this.#write(Uint8Array.of(byte));
      await nextTurn();
    }
  }

  /** Resolves when the kernel has taken them, so that they are on their way before whatever comes next; or never can. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#isStopped || !this.#to.writable) return;
    await new Promise<void>((resolve) => this.#to.write(bytes, () => resolve()));
  }
}
