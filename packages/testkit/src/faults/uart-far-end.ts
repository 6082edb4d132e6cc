import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { PtyFarEnd } from '../pty-far-end.ts';
import { appendRange, type ByteRange, totalBytes } from './byte-ranges.ts';
import { CounterSink } from './counter-sink.ts';
import type { CounterStream } from './counter-stream.ts';
import { Pace } from './pace.ts';

export interface UartOptions {
  /** Where the device is found: a symbolic link, so that another PTY can take its place. */
  readonly link: string;
  /** Bytes per second in each direction. */
  readonly rate: number;
  readonly sends: CounterStream;
  readonly receives: CounterStream;
}

/**
 * What the driver of a serial port keeps until the agent reads, in bytes (TTYB_DEFAULT_MEM_LIMIT of drivers/tty/tty_buffer.c;
 * newer kernels have ten times that). A PTY's own driver keeps an eighth of it.
 */
const driverBytes = 65_536;

/** Given to the PTY at a time; it takes less. */
const offerBytes = 16_384;

/**
 * The far end of a device that behaves as a UART does: it sends when it is time, whether there is room or not, and
 * what finds no room is lost; it takes no more than the line carries.
 */
export class UartFarEnd {
  readonly link: string;
  /** What the port wrote. */
  readonly received: CounterSink;
  readonly #sends: CounterStream;
  readonly #sending: Pace;
  readonly #receiving: Pace;
  readonly #overruns: ByteRange[] = [];
  /** Sent, and kept by the driver: in order, with holes where bytes found no room. */
  #driver: ByteRange[] = [];
  #pty: PtyFarEnd | undefined;
  #position = 0;

  /** The device is there at once; it sends nothing yet. */
  constructor({ link, rate, sends, receives }: UartOptions) {
    this.link = link;
    this.#sends = sends;
    this.received = new CounterSink('the device', receives);
    this.#sending = new Pace(rate);
    this.#receiving = new Pace(rate);
    this.appear();
    this.#receiving.start((dueBytes) => {
      this.#fillPty();
      return this.#receive(dueBytes);
    });
  }

  /** Bytes per second in each direction. */
  get rate(): number {
    return this.#sending.rate;
  }

  /** Bytes sent so far, whatever became of them: the place in the stream. */
  get position(): number {
    return this.#position;
  }

  /** Sent when there was no room, and lost: the port was closed, or its agent read too late. Where a checker sees it. */
  get overruns(): readonly ByteRange[] {
    return this.#overruns.map((hole) => {
      const isLast = hole.offset + hole.length === this.#position;
      return isLast ? hole : this.#sends.seenHole(hole);
    });
  }

  get overrunBytes(): number {
    return totalBytes(this.#overruns);
  }

  startSending(): void {
    this.#sending.start((dueBytes) => this.#send(dueBytes));
  }

  /** Returns how many bytes were sent in all. */
  stopSending(): number {
    this.#sending.stop();
    return this.#position;
  }

  /** Goes away: whoever has it open gets EIO. What it was sent until now has arrived; meanwhile it sends nothing. */
  hangUp(): void {
    const pty = this.#pty;
    if (pty === undefined) return;
    this.#pty = undefined;
    this.#driver = [];
    rmSync(this.link);
    for (let bytes = pty.take(65_536); bytes.length > 0; bytes = pty.take(65_536)) this.received.take(bytes);
    pty.close();
  }

  /** Comes back: another PTY, and the same link to it. */
  appear(): void {
    if (this.#pty !== undefined) return;
    const pty = new PtyFarEnd();
    // Read by the clock, not whenever something comes.
    pty.pause();
    pty.stay();
    this.#pty = pty;
    const made = `${this.link}.new`;
    symlinkSync(pty.path, made);
    renameSync(made, this.link);
  }

  close(): void {
    this.#sending.stop();
    this.#receiving.stop();
    this.hangUp();
  }

  #send(dueBytes: number): number {
    if (this.#pty === undefined) return 0;
    const kept = Math.min(dueBytes, driverBytes - totalBytes(this.#driver));
    appendRange(this.#driver, { offset: this.#position, length: kept });
    appendRange(this.#overruns, { offset: this.#position + kept, length: dueBytes - kept });
    this.#position += dueBytes;
    this.#fillPty();
    return dueBytes;
  }

  #fillPty(): void {
    for (let next = this.#driver[0]; next !== undefined && this.#pty !== undefined; next = this.#driver[0]) {
      const { offset, length } = next;
      const taken = this.#pty.offer(this.#sends.bytes(offset, Math.min(length, offerBytes)));
      if (taken === 0) return;
      if (taken === length) this.#driver.shift();
      else this.#driver[0] = { offset: offset + taken, length: length - taken };
    }
  }

  #receive(dueBytes: number): number {
    const bytes = this.#pty?.take(dueBytes);
    if (bytes === undefined) return 0;
    this.received.take(bytes);
    return bytes.length;
  }
}
