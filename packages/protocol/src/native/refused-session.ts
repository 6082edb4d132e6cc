import { SercliError, tellError } from '../errors.ts';
import { encodeMessage } from './frame-encoder.ts';
import type { Message } from './message-table.ts';
import type { Session } from './session.ts';
import type { SessionWay } from './session-stream.ts';

/** A channel on which there is no session: a RESUME was refused, and the connector's CLOSE is awaited. */
export class RefusedSession implements Session {
  readonly dueAt: number = Number.POSITIVE_INFINITY;
  readonly #way: SessionWay;

  constructor(way: SessionWay, error: SercliError) {
    this.#way = way;
    way.carrier.send(encodeMessage(way.channel, { type: 'close', error: tellError(error) }));
  }

  receiveData(): void {
    throw this.#unexpected('data');
  }

  receiveMessage({ type }: Message): void {
    if (type !== 'close') throw this.#unexpected(type);
    this.#way.carrier.release(this.#way.channel);
  }

  pump(): void {
    // It has nothing to say.
  }

  tick(): void {
    // It waits for nothing.
  }

  connectionLost(): void {
    this.#way.carrier.release(this.#way.channel);
  }

  connectionClosed(): void {
    this.#way.carrier.release(this.#way.channel);
  }

  #unexpected(type: string): SercliError {
    const reason = 'where the session was refused';
    return new SercliError('frame-unexpected', { type, channel: this.#way.channel, reason });
  }
}
