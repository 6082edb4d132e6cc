import type { FaultModes, PolledFd } from '@sercli/tty';

const mark = 0xff;
const noBytes = new Uint8Array(0);

/** Kept for breaks while the application does not read; a tty that is full has no room for more either. */
const mostDueBytes = 4096;

/**
 * What the application reads. Breaks and errors of the line are there what its termios makes of them: the kernel knows
 * them at a serial port, and at a pseudo terminal it does not.
 */
export class ApplicationInput {
  readonly #ptmx: Pick<PolledFd, 'write'>;
  readonly #modes: () => FaultModes;
  /** To be written before all else. */
  #due: Uint8Array = noBytes;
  #isNextFaulty = false;

  /** @param modes what the application wants to read, asked for each time */
  constructor(ptmx: Pick<PolledFd, 'write'>, modes: () => FaultModes) {
    this.#ptmx = ptmx;
    this.#modes = modes;
  }

  /** Takes as much as fits and says how much. */
  write(bytes: Uint8Array): number {
    const modes = this.#modes();
    let taken = 0;
    while (taken < bytes.length && this.flush()) {
      const instead = this.#insteadOf(bytes[taken] ?? 0, modes);
      if (instead !== undefined) {
        this.#due = instead;
        taken += 1;
        continue;
      }
      const end = modes.doublesMarks ? endOfPlain(bytes, taken) : bytes.length;
      const plain = taken === 0 && end === bytes.length ? bytes : bytes.subarray(taken, end);
      const written = this.#ptmx.write(plain);
      taken += written;
      if (written < plain.length) break;
    }
    this.flush();
    return taken;
  }

  /** The line had a break: `flush` has something to write, if that is read at all. */
  break(): void {
    const read = { nothing: [], nul: [0], mark: [mark, 0, 0] }[this.#modes().break];
    if (this.#due.length + read.length <= mostDueBytes) this.#due = Uint8Array.of(...this.#due, ...read);
  }

  /** The byte that is written next came with a parity or framing error. */
  error(): void {
    this.#isNextFaulty = true;
  }

  /** Returns whether nothing waits for room any more. */
  flush(): boolean {
    if (this.#due.length > 0) this.#due = this.#due.subarray(this.#ptmx.write(this.#due));
    return this.#due.length === 0;
  }

  /** The application discards what it has not read, or is gone. */
  discard(): void {
    this.#due = noBytes;
    this.#isNextFaulty = false;
  }

  #insteadOf(byte: number, { error, doublesMarks }: FaultModes): Uint8Array | undefined {
    const isFaulty = this.#isNextFaulty;
    this.#isNextFaulty = false;
    if (isFaulty && error !== 'byte') return Uint8Array.from({ nothing: [], nul: [0], mark: [mark, 0, byte] }[error]);
    return doublesMarks && byte === mark ? Uint8Array.of(mark, mark) : undefined;
  }
}

function endOfPlain(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(mark, from);
  return end < 0 ? bytes.length : end;
}
