import { closeFd, makeRaw, openTty, PolledFd, readTermios, TtyError, writeTermios } from '@sercli/tty';
import type { CounterSink } from './counter-sink.ts';
import type { CounterStream } from './counter-stream.ts';
import { Pace } from './pace.ts';

export interface ApplicationOptions {
  /** The serial port to open. */
  readonly path: string;
  /** Bytes per second that it writes at most; what finds no room is written later. */
  readonly rate: number;
  readonly sends: CounterStream;
  /** Where in the stream it begins to write. */
  readonly position?: number;
  /** Keeps what it reads: a new one, or that of an application before it. */
  readonly received: CounterSink;
  /** Bytes per second that it reads; as fast as they come unless given. */
  readonly readRate?: number;
}

/** A program that has a serial port open and speaks counter streams over it, both ways. */
export class PortApplication {
  readonly received: CounterSink;
  /** Resolves when the port hangs up, as it does when its `sercli attach` dies. */
  readonly hungUp: Promise<void>;
  readonly #sends: CounterStream;
  readonly #sending: Pace;
  readonly #reading: Pace | undefined;
  readonly #tty: PolledFd;
  readonly #buffer = new Uint8Array(65_536);
  #position: number;
  #tellHungUp: () => void = () => undefined;

  /** Opens the port and reads. Throws TtyError. */
  constructor({ path, rate, sends, position = 0, received, readRate }: ApplicationOptions) {
    this.received = received;
    this.#sends = sends;
    this.#position = position;
    this.#sending = new Pace(rate);
    this.hungUp = new Promise((resolve) => {
      this.#tellHungUp = resolve;
    });
    this.#tty = new PolledFd(openRaw(path), {
      readable: () => void this.#read(this.#buffer.length),
      writable: () => undefined,
      failed: () => this.#hangUp(),
    });
    this.#reading = readRate === undefined ? undefined : new Pace(readRate);
    if (this.#reading === undefined) this.#tty.setInterest({ readable: true, writable: false });
    this.#reading?.start((dueBytes) => this.#orHangUp(() => this.#read(dueBytes)));
  }

  /** Bytes written so far: the place in the stream. */
  get position(): number {
    return this.#position;
  }

  stopReading(): void {
    this.#reading?.stop();
    this.#tty.setInterest({ readable: false, writable: false });
  }

  startSending(): void {
    this.#sending.start((dueBytes) => this.#orHangUp(() => this.#send(dueBytes)));
  }

  /** Returns how many bytes were written in all. */
  stopSending(): number {
    this.#sending.stop();
    return this.#position;
  }

  close(): void {
    this.#sending.stop();
    this.#reading?.stop();
    this.#tty.close();
  }

  #read(maxBytes: number): number {
    const read = this.#tty.read(this.#buffer.subarray(0, maxBytes));
    this.received.take(this.#buffer.subarray(0, read));
    return read;
  }

  #send(dueBytes: number): number {
    const taken = this.#tty.write(this.#sends.bytes(this.#position, dueBytes));
    this.#position += taken;
    return taken;
  }

  #orHangUp(move: () => number): number {
    try {
      return move();
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      this.#hangUp();
      return 0;
    }
  }

  #hangUp(): void {
    this.#sending.stop();
    this.#reading?.stop();
    this.#tellHungUp();
  }
}

function openRaw(path: string): number {
  const fd = openTty(path);
  try {
    writeTermios(fd, makeRaw(readTermios(fd)), 'now');
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
