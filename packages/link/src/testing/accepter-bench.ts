import { type Duplex, duplexPair } from 'node:stream';
import type { AccessProtocol } from '@sercli/protocol';
import type { AccepterSessionOptions } from '../accepters/accepter-options.ts';
import { AccepterSession } from '../accepters/accepter-session.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryLink } from './memory-link.ts';

type BenchOptions = Partial<Omit<AccepterSessionOptions, 'protocol' | 'clock' | 'stream'>> & {
  readonly link?: MemoryLink;
  /** The client reads nothing until the test does. */
  readonly isDeaf?: boolean;
};

/** A session in memory on a clock that the test turns, with its client. */
export class AccepterBench {
  readonly link: MemoryLink;
  readonly clock = new ManualClock();
  readonly client: Duplex;
  /** The session's end of the stream. */
  readonly stream: Duplex;
  readonly session: AccepterSession;
  readonly #received: Buffer[] = [];
  #hasEnded = false;

  constructor(protocol: AccessProtocol, { link = new MemoryLink(), isDeaf = false, ...options }: BenchOptions = {}) {
    this.link = link;
    const [client, stream] = duplexPair();
    this.client = client;
    this.stream = copying(stream);
    if (!isDeaf) this.listen();
    client.on('end', () => {
      this.#hasEnded = true;
    });
    this.session = new AccepterSession({ ...options, link, stream, protocol, clock: this.clock });
  }

  /** The client reads from now on. */
  listen(receive: (chunk: Buffer) => void = () => undefined): void {
    this.client.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      receive(chunk);
    });
  }

  /** Everything that the client has received, as hex. */
  get received(): string {
    return this.bytes.toString('hex').replace(/..(?=.)/g, '$& ');
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#received);
  }

  /** The portions in which it came. */
  get portions(): string[] {
    return this.#received.map((portion) => portion.toString('hex'));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  forget(): void {
    this.#received.length = 0;
  }

  /** The client sends bytes: text, or hex behind `0x`. */
  async send(...parts: (string | Uint8Array)[]): Promise<void> {
    for (const part of parts) {
      const isHex = typeof part === 'string' && part.startsWith('0x');
      this.client.write(isHex ? Buffer.from(part.slice(2).replaceAll(' ', ''), 'hex') : part);
      await settled();
    }
  }
}

/** Copies what it is given, as the kernel does behind a socket: memory that has left is used again. */
function copying(stream: Duplex): Duplex {
  const write = stream._write.bind(stream);
  stream._write = (chunk: Buffer, encoding, done) => write(Buffer.from(chunk), encoding, done);
  return stream;
}

/** Some turns of the event loop: streams in memory have carried everything that they can carry. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
