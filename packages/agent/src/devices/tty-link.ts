import type { LinkInfo } from '@sercli/link';
import {
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  reasonOf,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import { ErrorMarkDecoder, type SerialTty, TtyError } from '@sercli/tty';
import { type Clock, realClock } from './clock.ts';
import { type LineCounts, noLineCounts } from './line-counts.ts';
import { LineErrors } from './line-errors.ts';
import { LineMonitor } from './line-monitor.ts';
import { LocalLink, receiveQueueBytes } from './local-link.ts';
import { mostReadBytes, ReadMemory } from './read-memory.ts';
import { ReadingPace } from './reading-pace.ts';
import { type ReadingShare, readingShareOf } from './reading-share.ts';
import { ticksOf } from './shared-ticks.ts';
import { UnsentBytes } from './unsent-bytes.ts';

const memory = new ReadMemory();

export interface TtyLinkOptions {
  readonly info: LinkInfo;
  /** The link closes it. */
  readonly tty: SerialTty;
  readonly clock?: Clock;
  /** What it means that the tty is gone; by default that the device was unplugged. Must not reject. */
  readonly explainLoss?: (cause: Error) => Promise<SercliError>;
  /** What is to be given up with the tty, after it has been closed. */
  readonly release?: () => Promise<void>;
}

/** A port that is a tty. Reads and writes go straight to the driver: nothing is queued on the way out. */
export class TtyLink extends LocalLink {
  readonly #tty: SerialTty;
  /** Of a tty with modem lines: a pseudo terminal has none, and neither breaks nor errors. */
  readonly #errors: LineErrors | undefined;
  readonly #monitor: LineMonitor | undefined;
  readonly #marks: ErrorMarkDecoder | undefined;
  readonly #unsent: UnsentBytes;
  readonly #explainLoss: (cause: Error) => Promise<SercliError>;
  readonly #release: () => Promise<void>;
  readonly #pace = new ReadingPace();
  readonly #share: ReadingShare;
  /** Set while what comes is gathered until the next tick. */
  #stopGathering: (() => void) | undefined;
  #isRoomAwaited = false;

  /** @throws TtyError when the tty cannot be asked for its settings */
  constructor({ info, tty, clock = realClock, explainLoss, release }: TtyLinkOptions) {
    const { lines } = tty;
    super({ info, clock, settings: tty.settings, ...(lines === undefined ? {} : { lines }) });
    this.#tty = tty;
    this.#explainLoss = explainLoss ?? (async (cause) => this.#deviceLost(cause));
    this.#release = release ?? (async () => undefined);
    this.#share = readingShareOf(clock);
    this.#unsent = new UnsentBytes(clock, tty, () => this.characterMs);
    this.#marks = tty.hasErrorMarks ? new ErrorMarkDecoder() : undefined;
    tty.listen({
      readable: () => this.#read(),
      writable: () => this.#roomCame(),
      failed: (error) => void this.#lost(error),
    });
    if (lines !== undefined) {
      const errors = this.#lineErrors();
      this.#errors = errors;
      this.#monitor = this.#lineMonitor(errors);
    }
    this.#watch();
  }

  override get lineCounts(): LineCounts {
    return this.#errors?.counts ?? noLineCounts;
  }

  protected override take(bytes: Uint8Array): number {
    const taken = this.#write(bytes);
    this.#answerMayCome();
    if (this.#hasLines) this.#unsent.wrote(taken);
    if (taken < bytes.length) {
      this.#isRoomAwaited = true;
      this.#watch();
    }
    return taken;
  }

  protected override unsentBytes(): number | undefined {
    return this.#unsent.count;
  }

  protected override applySettings(change: LineSettingsChange): LineSettings {
    return this.#ask(() => this.#tty.applySettings(change));
  }

  protected override applyStep(step: SequenceStep): ModemLines {
    if (!this.#hasLines) throw new SercliError('no-modem-lines', { device: this.info.device });
    return this.#ask(() => {
      if (step.dtr !== undefined || step.rts !== undefined) this.#tty.setOutputs(step);
      if (step.break !== undefined) this.#setBreak(step.break);
      return this.#tty.lines ?? this.lines;
    });
  }

  protected override discardReceived(): void {
    this.#ask(() => this.#tty.flush('received'));
  }

  protected override discardUnsent(): void {
    this.#ask(() => this.#tty.flush('unsent'));
    this.#unsent.discarded();
  }

  protected override resumeReceiving(): void {
    this.#watch();
  }

  protected override async release(): Promise<void> {
    this.#monitor?.stop();
    this.#stopGathering?.();
    await this.#tty.close();
    await this.#release();
  }

  /** TIOCSBRK waits in the kernel until everything has been sent: for ever, if flow control holds it. */
  #setBreak(on: boolean): void {
    if (on && this.#tty.unsentBytes > 0) {
      const reason = 'bytes written before are held by flow control, and a break can only follow them';
      throw new SercliError('device-failed', { device: this.info.device, reason });
    }
    if (!this.#tty.setBreak(on)) throw new SercliError('no-break', { device: this.info.device });
  }

  /** Reads on as long as the driver gives all that one read can. */
  #read(): void {
    for (let left = this.#share.reads; left > 0; left--) {
      const chunk = memory.next();
      const bytes = this.#tty.read(chunk);
      this.#pace.read(bytes, this.clock.now());
      this.#receive(chunk.subarray(0, bytes));
      if (bytes < mostReadBytes || !this.#hasRoom) break;
    }
    this.#stopGathering = this.#pace.isGathering ? ticksOf(this.clock).next(() => this.#readGathered()) : undefined;
    this.#watch();
  }

  /** Until the read is over `#stopGathering` stays: consumers resume during it, and each change of watching is a system call. */
  #readGathered(): void {
    if (!this.isUp) return;
    try {
      if (this.#hasRoom) return this.#read();
      // The consumer reads late: its reading goes on with this (`resumeReceiving`).
      this.#stopGathering = undefined;
      this.#watch();
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      void this.#lost(error);
    }
  }

  #answerMayCome(): void {
    this.#pace.wrote();
    this.#share.spokenTo();
    if (this.#stopGathering === undefined) return;
    this.#stopGathering();
    this.#stopGathering = undefined;
    this.#watch();
  }

  /** Memory is kept only for what nobody has consumed at once. */
  #receive(chunk: Uint8Array): void {
    const delivered = this.#deliver(chunk);
    if (this.received.queuedBytes > 0) memory.keep(delivered);
  }

  /** Marks among the bytes are taken out. Says how many bytes of the chunk's memory were delivered. */
  #deliver(chunk: Uint8Array): number {
    const errors = this.#errors;
    if (this.#marks === undefined || errors === undefined) {
      this.received.push(chunk);
      return chunk.length;
    }
    let delivered = 0;
    this.#marks.decode(chunk, {
      bytes: (bytes) => {
        if (bytes.buffer === chunk.buffer) delivered += bytes.length;
        this.received.push(bytes);
      },
      mark: (byte) => errors.marked(byte),
    });
    return delivered;
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
    const readable = this.#stopGathering === undefined && this.#hasRoom;
    this.#tty.setInterest({ readable, writable: this.#isRoomAwaited });
  }

  get #hasRoom(): boolean {
    return this.received.queuedBytes < receiveQueueBytes;
  }

  get #hasLines(): boolean {
    return this.#monitor !== undefined;
  }

  #lineErrors(): LineErrors {
    const link = this;
    const line = {
      get counters() {
        return link.#unlessGone(() => link.#tty.counters);
      },
      get hasParity() {
        return link.settings.parity !== 'none';
      },
      get isReadUp() {
        return link.#unlessGone(() => link.#tty.unreadBytes) === 0;
      },
    };
    return new LineErrors(this.clock, line, {
      break: () => this.received.pushBreak(),
      lineError: (error) => this.received.pushLineError(error),
    });
  }

  #lineMonitor(errors: LineErrors): LineMonitor {
    const link = this;
    const state = {
      get lines() {
        return link.#unlessGone(() => link.#tty.lines);
      },
      get counters() {
        return link.#unlessGone(() => link.#tty.counters);
      },
    };
    return new LineMonitor(this.clock, state, {
      lines: (lines) => this.inputsAre(lines),
      counters: (counters) => errors.look(counters),
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
