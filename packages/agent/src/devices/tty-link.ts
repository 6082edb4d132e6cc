import type { LinkInfo } from '@sercli/link';
import {
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  reasonOf,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import {
  applyLineSettings,
  flushQueues,
  outputQueueBytes,
  PolledFd,
  readCounters,
  readLineSettings,
  readModemLines,
  setBreak,
  setOutputs,
  TtyError,
} from '@sercli/tty';
import { type Clock, realClock } from './clock.ts';
import { LineMonitor } from './line-monitor.ts';
import { LocalLink, receiveQueueBytes } from './local-link.ts';

/** A tty gives at most this with one read(2) (N_TTY_BUF_SIZE). */
const readBytes = 4096;
/** Memory for many reads at once: what was received is handed on without being copied. */
const slabBytes = 65_536;
/** Characters in the UART itself, which TIOCOUTQ does not count (16550A). */
const fifoCharacters = 16;

export interface TtyLinkOptions {
  readonly info: LinkInfo;
  /** Opened nonblocking; the link closes it. */
  readonly fd: number;
  readonly clock?: Clock;
  /** What it means that the tty is gone; by default that the device was unplugged. Must not reject. */
  readonly explainLoss?: (cause: Error) => Promise<SercliError>;
  /** What is to be given up with the tty, after it has been closed. */
  readonly release?: () => Promise<void>;
}

/** A port that is a tty. Reads and writes go straight to the driver: nothing is queued on the way out. */
export class TtyLink extends LocalLink {
  readonly #fd: number;
  readonly #tty: PolledFd;
  readonly #hasLines: boolean;
  readonly #monitor: LineMonitor | undefined;
  readonly #explainLoss: (cause: Error) => Promise<SercliError>;
  readonly #release: () => Promise<void>;
  #slab = new Uint8Array(slabBytes);
  #slabUsed = 0;
  #isRoomAwaited = false;
  #isBreaking = false;
  /** When bytes were last seen in the driver's queue, and how many the UART may have had of them. */
  #busyAt = 0;
  #inFifo = 0;

  /** @throws TtyError when the tty cannot be asked for its settings */
  constructor({ info, fd, clock = realClock, explainLoss, release }: TtyLinkOptions) {
    const lines = readModemLines(fd);
    super({ info, clock, settings: readLineSettings(fd), ...(lines === undefined ? {} : { lines }) });
    this.#fd = fd;
    this.#hasLines = lines !== undefined;
    this.#explainLoss = explainLoss ?? (async (cause) => this.#deviceLost(cause));
    this.#release = release ?? (async () => undefined);
    this.#tty = new PolledFd(fd, {
      readable: () => this.#read(),
      writable: () => this.#roomCame(),
      failed: (error) => void this.#lost(error),
    });
    this.#monitor = this.#hasLines ? this.#monitorLines() : undefined;
    this.#watch();
  }

  protected override take(bytes: Uint8Array): number {
    const taken = this.#write(bytes);
    if (taken > 0) {
      this.#busyAt = this.clock.now();
      this.#inFifo = Math.min(fifoCharacters, this.#inFifo + taken);
    }
    if (taken < bytes.length) {
      this.#isRoomAwaited = true;
      this.#watch();
    }
    return taken;
  }

  protected override unsentBytes(): number | undefined {
    const queued = this.#unlessGone(() => outputQueueBytes(this.#fd));
    if (queued === undefined || !this.#hasLines) return queued;
    if (queued > 0) this.#busyAt = this.clock.now();
    const idleMs = this.clock.now() - this.#busyAt;
    return queued + Math.max(0, this.#inFifo - Math.floor(idleMs / this.characterMs));
  }

  protected override applySettings(change: LineSettingsChange): LineSettings {
    return this.#ask(() => applyLineSettings(this.#fd, change));
  }

  protected override applyStep(step: SequenceStep): ModemLines {
    if (!this.#hasLines) throw new SercliError('no-modem-lines', { device: this.info.device });
    return this.#ask(() => {
      setOutputs(this.#fd, step);
      if (step.break !== undefined) this.#setBreak(step.break);
      return readModemLines(this.#fd) ?? this.lines;
    });
  }

  protected override discardReceived(): void {
    this.#ask(() => flushQueues(this.#fd, 'received'));
  }

  protected override discardUnsent(): void {
    this.#ask(() => flushQueues(this.#fd, 'unsent'));
    this.#inFifo = 0;
  }

  protected override resumeReceiving(): void {
    this.#watch();
  }

  protected override async release(): Promise<void> {
    this.#monitor?.stop();
    this.#leaveSafely();
    this.#tty.close();
    await this.#release();
  }

  /** No break stays on, and close(2) does not wait half a minute for bytes that cannot leave (closing_wait, setserial(8)). */
  #leaveSafely(): void {
    try {
      if (this.#isBreaking) setBreak(this.#fd, false);
      if (outputQueueBytes(this.#fd) > 0) flushQueues(this.#fd, 'unsent');
    } catch (error) {
      // A device that is gone can be left in no state at all.
      if (!(error instanceof TtyError)) throw error;
    }
  }

  /** TIOCSBRK waits in the kernel until everything has been sent: for ever, if flow control holds it. */
  #setBreak(on: boolean): void {
    if (on && outputQueueBytes(this.#fd) > 0) {
      const reason = 'bytes written before are held by flow control, and a break can only follow them';
      throw new SercliError('device-failed', { device: this.info.device, reason });
    }
    setBreak(this.#fd, on);
    this.#isBreaking = on;
  }

  #read(): void {
    if (this.#slab.length - this.#slabUsed < readBytes) {
      this.#slab = new Uint8Array(slabBytes);
      this.#slabUsed = 0;
    }
    const bytes = this.#tty.read(this.#slab.subarray(this.#slabUsed, this.#slabUsed + readBytes));
    const start = this.#slabUsed;
    this.#slabUsed += bytes;
    this.received.push(this.#slab.subarray(start, start + bytes));
    this.#watch();
  }

  #roomCame(): void {
    this.#isRoomAwaited = false;
    this.#watch();
    this.roomAgain();
  }

  /** After a hang-up the last bytes still wait: reading finds them, and then the end. */
  #write(bytes: Uint8Array): number {
    try {
      return this.#tty.write(bytes);
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      if (error.code !== 'EIO') void this.#lost(error);
      return 0;
    }
  }

  #watch(): void {
    if (!this.isUp) return;
    const readable = this.received.queuedBytes < receiveQueueBytes;
    this.#tty.setInterest({ readable, writable: this.#isRoomAwaited });
  }

  #monitorLines(): LineMonitor {
    const state = {
      lines: () => this.#unlessGone(() => readModemLines(this.#fd)),
      counters: () => this.#unlessGone(() => readCounters(this.#fd)),
    };
    return new LineMonitor(this.clock, state, {
      lines: (lines) => this.inputsAre(lines),
      break: () => this.received.pushBreak(),
      lineError: (error) => this.received.pushLineError(error),
    });
  }

  /** A tty that is gone answers nothing; reading tells of its end. */
  #unlessGone<Answer>(question: () => Answer): Answer | undefined {
    try {
      return question();
    } catch (error) {
      if (error instanceof TtyError) return undefined;
      throw error;
    }
  }

  #ask<Answer>(question: () => Answer): Answer {
    try {
      return question();
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      throw new SercliError('device-failed', { device: this.info.device, reason: error.message }, { cause: error });
    }
  }

  async #lost(error: Error): Promise<void> {
    this.abort(await this.#explainLoss(error));
  }

  #deviceLost(cause: Error): SercliError {
    const isGone = cause instanceof TtyError && ['EIO', 'EOF', 'ENXIO', 'ENODEV'].includes(cause.code);
    const reason = isGone ? 'it was unplugged or hung up' : reasonOf(cause);
    return new SercliError('device-lost', { device: this.info.device, reason }, { cause });
  }
}
