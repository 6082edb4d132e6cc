import { type AgentAddress, formatAgentAddress, SercliError } from '@sercli/protocol';
import { type AdmissionEvent, type AdmissionOptions, type AdmissionWish, askAdmission } from './admission.ts';

/** A request that several sessions wait for. */
interface SharedRequest {
  /** Nobody waits for it any more. */
  readonly over: AbortController;
  readonly outcome: Promise<void>;
  readonly told: Set<(event: AdmissionEvent) => void>;
  last: AdmissionEvent | undefined;
}

/** The requests of this client to be let in: one for each agent, whatever number of its sessions wait for it. */
export class Admissions {
  readonly #requests = new Map<string, SharedRequest>();

  /**
   * As `askAdmission`. Who comes while a request of this client is under way waits with it.
   *
   * @throws SercliError what `askAdmission` throws
   */
  async ask(address: AgentAddress, wish: AdmissionWish, options: AdmissionOptions): Promise<void> {
    const key = `${formatAgentAddress(address)} ${options.waits}`;
    const request = this.#requests.get(key) ?? this.#begin(key, address, wish, options);
    const told = (event: AdmissionEvent): void => options.told?.(event);
    request.told.add(told);
    if (request.last !== undefined) told(request.last);
    try {
      await unlessAborted(request.outcome, options.signal, `waiting to be let in by ${address.host}`);
    } finally {
      request.told.delete(told);
      if (request.told.size === 0) this.#end(key, request);
    }
  }

  #begin(key: string, address: AgentAddress, wish: AdmissionWish, options: AdmissionOptions): SharedRequest {
    const over = new AbortController();
    const tellAll = (event: AdmissionEvent): void => {
      request.last = event;
      for (const told of request.told) told(event);
    };
    const outcome = askAdmission(address, wish, { ...options, signal: over.signal, told: tellAll });
    const request: SharedRequest = { over, outcome, told: new Set(), last: undefined };
    this.#requests.set(key, request);
    const end = (): void => this.#end(key, request);
    outcome.then(end, end);
    return request;
  }

  #end(key: string, request: SharedRequest): void {
    if (this.#requests.get(key) === request) this.#requests.delete(key);
    request.over.abort();
  }
}

/** What a promise brings, unless the signal is aborted before. */
async function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined, what: string): Promise<void> {
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(new SercliError('aborted', { what }));
    if (signal?.aborted) giveUp();
  });
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
