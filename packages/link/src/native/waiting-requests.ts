import { type Done, defaultLimits, errorFromTold, type PortRequest, type SercliError } from '@sercli/protocol';

interface Waiting {
  resolve(done: Done): void;
  reject(error: SercliError): void;
}

/** The requests of a session that have not been answered, as promises. */
export class WaitingRequests {
  readonly #waiting = new Map<number, Waiting>();

  /** Keeps the request with the number that sending it gives, and resolves to its answer. */
  send(request: PortRequest, sendNow: (request: PortRequest) => number): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(sendNow(request), { resolve, reject });
    });
  }

  answer(done: Done): void {
    const waiting = this.#waiting.get(done.sequence);
    this.#waiting.delete(done.sequence);
    if (done.error === undefined) waiting?.resolve(done);
    else waiting?.reject(errorFromTold(done.error));
  }

  /** The session is over: no more answers will come. */
  fail(error: SercliError): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  /** What the peer would end the connection for. */
  whyTooMuch(request: PortRequest): string | undefined {
    const { pendingRequests, sequenceSteps, stepWaitMs } = defaultLimits;
    if (this.#waiting.size >= pendingRequests) return `${pendingRequests} requests wait already`;
    if (request.kind !== 'run-sequence') return undefined;
    const { steps } = request;
    if (steps.length <= sequenceSteps && steps.every(({ waitMs = 0 }) => waitMs <= stepWaitMs)) return undefined;
    return `a sequence has at most ${sequenceSteps} steps of at most ${stepWaitMs} ms`;
  }
}
