import { createWriteStream, type WriteStream } from 'node:fs';
import { reasonOf } from '@sercli/protocol';

/** What may wait for the disk, in bytes; a port does not wait for it. */
const mostWaitingBytes = 1024 * 1024;

/** A file that is appended to. What the disk does not take is left out and told, and never holds up who writes. */
export class TraceFile {
  readonly #path: string;
  readonly #warn: (text: string) => void;
  readonly #stream: WriteStream;
  #missingBytes = 0;
  #hasFailed = false;

  constructor(path: string, warn: (text: string) => void) {
    this.#path = path;
    this.#warn = warn;
    this.#stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    this.#stream.on('error', (error) => this.#failed(error));
  }

  write(data: Uint8Array | string): void {
    if (this.#hasFailed) return;
    if (this.#stream.writableLength + data.length > mostWaitingBytes) {
      if (this.#missingBytes === 0) this.#warn(`trace file ${this.#path} misses bytes: the disk is too slow`);
      this.#missingBytes += data.length;
      return;
    }
    // What is traced lies in a log that is written over again.
    this.#stream.write(typeof data === 'string' ? data : Buffer.from(data));
  }

  /** Resolves when all that waited is written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#missingBytes > 0) this.#warn(`trace file ${this.#path} misses ${this.#missingBytes} bytes`);
      if (this.#stream.closed) return resolve();
      this.#stream.once('close', () => resolve());
      this.#stream.end();
    });
  }

  #failed(error: Error): void {
    this.#hasFailed = true;
    this.#warn(
      `trace file ${this.#path} cannot be written and is left alone until the port is opened again: ${reasonOf(error)}`,
    );
  }
}
