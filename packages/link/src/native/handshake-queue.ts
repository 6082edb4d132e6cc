import type { Socket } from 'node:net';
import type { AgentLimits } from '@sercli/protocol';
import { sourceOf } from './connection-counts.ts';
import { HandshakeTurns } from './handshake-turns.ts';
import { HeldSocket } from './held-socket.ts';

type QueueLimits = Pick<
  AgentLimits,
  | 'handshakesAtOnce'
  | 'handshakesPerSecond'
  | 'handshakesAtOncePerAddress'
  | 'handshakesPerSecondPerAddress'
  | 'handshakeWaitMs'
>;

export interface HandshakeQueueOptions {
  readonly limits: QueueLimits;
  /** Begins the handshake. */
  begin(socket: Socket): void;
  /** A connection from `address` has to wait. */
  onSlowed(address: string): void;
}

/** A connection that waits, and what ends its waiting. */
interface Held {
  readonly socket: HeldSocket;
  readonly late: NodeJS.Timeout;
}

/** Accepted connections whose handshake has not begun, each until its turn comes. */
export class HandshakeQueue {
  readonly #options: HandshakeQueueOptions;
  readonly #turns: HandshakeTurns<Socket>;
  readonly #held = new Map<Socket, Held>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HandshakeQueueOptions) {
    const { limits } = options;
    this.#options = options;
    this.#turns = new HandshakeTurns({
      perSource: { burst: limits.handshakesAtOncePerAddress, perSecond: limits.handshakesPerSecondPerAddress },
      inAll: { burst: limits.handshakesAtOnce, perSecond: limits.handshakesPerSecond },
    });
  }

  /** Begins the handshake on an accepted socket, at once or when its turn comes; cuts off who would wait too long. */
  add(socket: Socket, address: string): void {
    const source = sourceOf(address);
    this.#turns.join(socket, source);
    this.#advance();
    if (!this.#turns.isWaiting(socket, source)) return;
    const late = setTimeout(() => socket.destroy(), this.#options.limits.handshakeWaitMs);
    this.#held.set(socket, { socket: new HeldSocket(socket), late });
    socket.once('close', () => {
      clearTimeout(late);
      this.#held.delete(socket);
      this.#turns.leave(socket, source);
    });
    this.#options.onSlowed(address);
  }

  #advance(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (let next = this.#turns.take(now); next !== undefined; next = this.#turns.take(now)) this.#begin(next);
    const nextAt = this.#turns.nextAt(now);
    // Only those who wait keep the program going.
    if (nextAt !== undefined) this.#timer = setTimeout(() => this.#advance(), Math.ceil(nextAt - now)).unref();
  }

  #begin(socket: Socket): void {
    const held = this.#held.get(socket);
    clearTimeout(held?.late);
    this.#held.delete(socket);
    held?.socket.release();
    this.#options.begin(socket);
  }
}
