import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { fullFingerprintOf, type Identity, loadIdentity } from '@sercli/link';
import { type AdmissionState, admissionPath, type ToldError } from '@sercli/protocol';

export interface StrangerOptions {
  /** Where it keeps its key. */
  readonly directory: string;
  readonly tcpPort: number;
  /** Where it comes from: any address of the loopback network. */
  readonly localAddress: string;
}

/** A client with a key of its own, which asks an agent to let it in. */
export class Stranger {
  readonly #options: StrangerOptions;
  readonly #identity: Identity;
  #answer: IncomingMessage | undefined;

  static async create(options: StrangerOptions): Promise<Stranger> {
    return new Stranger(options, await loadIdentity(options.directory));
  }

  private constructor(options: StrangerOptions, identity: Identity) {
    this.#options = options;
    this.#identity = identity;
  }

  /** The full one. */
  get fingerprint(): string {
    return fullFingerprintOf(this.#identity.cert);
  }

  /** Asks, and waits if it may; resolves to the first thing that it is told. */
  async ask(): Promise<AdmissionState> {
    const { tcpPort, localAddress } = this.#options;
    const place = { host: '127.0.0.1', port: tcpPort, localAddress, path: admissionPath, method: 'POST' };
    const asking = request({ ...place, ...this.#identity, agent: false, rejectUnauthorized: false });
    asking.end(JSON.stringify({ name: 'stranger', role: 'control', waits: true }));
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    this.#answer = answer;
    answer.on('error', () => answer.destroy());
    const [line] = (await once(answer, 'data')) as [Buffer];
    const told = JSON.parse(String(line)) as AdmissionState | { error: ToldError };
    return 'error' in told && !('state' in told) ? { state: 'refused', error: told.error } : told;
  }

  leave(): void {
    this.#answer?.destroy();
  }
}
