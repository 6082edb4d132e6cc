import { bitsPerCharacter, defaultLineSettings, type ModemInputs, noModemLines } from '@sercli/protocol';
import { type LineCounters, type LineSettings, type ModemLines, type SerialTty, TtyError } from '@sercli/tty';
import type { WireEnd } from './serial-link-suite.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Handlers = Parameters<SerialTty['listen']>[0];
type Interest = Parameters<SerialTty['setInterest']>[0];

export interface VirtualUartOptions {
  readonly clock: VirtualClock;
  readonly settings?: LineSettings;
  /** Whether breaks and errors are marked among the bytes; if not, they are only counted. */
  readonly marks?: boolean;
  /** Whether the driver counts; some only mark. */
  readonly counts?: boolean;
  /** Whether the driver can send breaks. */
  readonly breaks?: boolean;
  /** Whether the driver can tell when the hardware has sent everything; one that is `mistaken` says that it never has. */
  readonly end?: 'known' | 'unknown' | 'mistaken';
  /** How many characters the hardware keeps for sending; an adapter keeps more than a UART. */
  readonly fifoCharacters?: number;
}

/** What comes over the line. */
type Sign =
  | { readonly kind: 'byte'; readonly byte: number }
  | { readonly kind: 'parity' | 'framing'; readonly byte: number }
  | { readonly kind: 'break' };

/** What drivers keep for sending and for receiving (Linux: UART_XMIT_SIZE, and TTYB_DEFAULT_MEM_LIMIT until 5.15). */
const sendBytes = 4096;
const receiveBytes = 65_536;
/** Of these, RTS lets the far end send no more. */
const highWaterBytes = receiveBytes - 4096;
/** Characters are sent together for this long, in milliseconds: one by one, a fast line would take a timer for each. */
const batchMs = 1;

const countOf = { break: 'breaks', parity: 'parityErrors', framing: 'framingErrors' } as const;
const noCounters: LineCounters = {
  ...{ received: 0, sent: 0, framingErrors: 0, overruns: 0, parityErrors: 0, breaks: 0, bufferOverruns: 0 },
  changes: { cts: 0, dsr: 0, ri: 0, dcd: 0 },
};

/** A UART with its driver and its line, on a virtual clock: the line has its speed, and the far end is the test's. */
export class VirtualUart implements SerialTty {
  readonly hasErrorMarks: boolean;
  readonly farEnd: WireEnd;
  /** What was done to outputs, break and settings, with the bytes in between: `64 bytes`, `dtr on`. */
  readonly log: string[] = [];
  settings: LineSettings;
  #lines: ModemLines = { ...noModemLines, dtr: true, rts: true, cts: true };
  #counters: LineCounters = noCounters;
  readonly #options: Required<Omit<VirtualUartOptions, 'settings'>>;
  readonly #toSend: number[] = [];
  readonly #fifo: number[] = [];
  readonly #received: number[] = [];
  readonly #coming: Sign[] = [];
  #state: 'there' | 'going' | 'gone' | 'closed' = 'there';
  #isSending = false;
  #isComing = false;
  #isNotifying = false;
  #interest: Interest = { readable: false, writable: false };
  #handlers: Handlers | undefined;
  #onBytes: (bytes: Uint8Array) => void = () => undefined;

  constructor({ clock, settings = defaultLineSettings, ...options }: VirtualUartOptions) {
    this.#options = { clock, marks: true, counts: true, breaks: true, end: 'known', fifoCharacters: 16, ...options };
    this.settings = settings;
    this.hasErrorMarks = this.#options.marks;
    this.farEnd = {
      kind: 'wire',
      write: (bytes) => this.#come(Array.from(bytes, (byte): Sign => ({ kind: 'byte', byte }))),
      onBytes: (callback) => {
        this.#onBytes = callback;
      },
      pause: () => this.setInputs({ cts: false }),
      resume: () => this.setInputs({ cts: true }),
      hangUp: () => this.#goWhenSaid(),
    };
  }

  /** The far end sends a byte whose parity or stop bit is wrong. */
  sendFaulty(kind: 'parity' | 'framing', byte: number): void {
    this.#come([{ kind, byte }]);
  }

  sendBreak(): void {
    this.#come([{ kind: 'break' }]);
  }

  /** The far end drives the inputs. CTS holds what is sent only with hardware flow control. */
  setInputs(inputs: Partial<ModemInputs>): void {
    const changes = { ...this.#counters.changes };
    for (const [input, level] of Object.entries(inputs) as [keyof ModemInputs, boolean][]) {
      // Of RI, UARTs count only when a ring ends (ioctl_tty(2), TIOCGICOUNT).
      if (level !== this.#lines[input] && (input !== 'ri' || !level)) changes[input] += 1;
    }
    this.#lines = { ...this.#lines, ...inputs };
    this.#counters = { ...this.#counters, changes };
    this.#send();
  }

  listen(handlers: Handlers): void {
    this.#handlers = handlers;
  }
  setInterest(interest: Interest): void {
    this.#interest = interest;
    this.#notify();
  }

  read(into: Uint8Array): number {
    if (this.#received.length === 0) this.#requireThere();
    const bytes = this.#received.splice(0, into.length);
    into.set(bytes);
    this.#receive();
    return bytes.length;
  }
  write(bytes: Uint8Array): number {
    this.#requireThere();
    const taken = bytes.subarray(0, sendBytes - this.#toSend.length);
    this.#toSend.push(...taken);
    this.#send();
    return taken.length;
  }

  applySettings(change: Partial<LineSettings>): LineSettings {
    this.#requireThere();
    this.settings = { ...this.settings, ...change };
    this.log.push(`settings ${this.settings.baudRate}`);
    this.#send();
    return this.settings;
  }
  get lines(): ModemLines {
    this.#requireThere();
    return this.#lines;
  }
  setOutputs({
    dtr = this.#lines.dtr,
    rts = this.#lines.rts,
  }: {
    readonly dtr?: boolean;
    readonly rts?: boolean;
  }): void {
    this.#requireThere();
    this.#lines = { ...this.#lines, dtr, rts };
    this.log.push(`dtr ${dtr ? 'on' : 'off'}, rts ${rts ? 'on' : 'off'}`);
  }
  setBreak(on: boolean): boolean {
    this.#requireThere();
    if (this.#options.breaks) this.log.push(`break ${on ? 'on' : 'off'}`);
    return this.#options.breaks;
  }
  get counters(): LineCounters | undefined {
    this.#requireThere();
    return this.#options.counts ? this.#counters : undefined;
  }

  get unreadBytes(): number {
    return this.#received.length;
  }
  get unsentBytes(): number {
    this.#requireThere();
    return this.#toSend.length;
  }
  get isTransmitterEmpty(): boolean | undefined {
    if (this.#options.end === 'unknown') return undefined;
    return this.#options.end === 'known' && this.#fifo.length === 0;
  }
  flush(queue: 'received' | 'unsent' | 'both'): void {
    this.#requireThere();
    if (queue !== 'unsent') this.#received.length = 0;
    if (queue !== 'received') this.#toSend.length = 0;
  }
  async close(): Promise<void> {
    this.#state = 'closed';
    this.log.push('closed');
  }

  get #characterMs(): number {
    return (bitsPerCharacter(this.settings) * 1000) / this.settings.baudRate;
  }

  #requireThere(): void {
    if (this.#state === 'gone' || this.#state === 'closed') throw new TtyError('EIO', 'read', 'the device is gone');
  }

  #send(): void {
    const isHeld = this.settings.flowControl.includes('hardware') && !this.#lines.cts;
    if (!isHeld) this.#fifo.push(...this.#toSend.splice(0, this.#options.fifoCharacters - this.#fifo.length));
    if (this.#isSending || this.#fifo.length === 0) return;
    this.#isSending = true;
    const count = Math.min(this.#fifo.length, this.#batch);
    this.#options.clock.after(count * this.#characterMs, () => {
      this.#isSending = false;
      const sent = Uint8Array.from(this.#fifo.splice(0, count));
      this.#counters = { ...this.#counters, sent: this.#counters.sent + count };
      for (const byte of sent) this.log.push(String.fromCharCode(byte));
      this.#onBytes(sent);
      this.#send();
      this.#notify();
    });
  }

  #come(signs: readonly Sign[]): void {
    for (const sign of signs) this.#coming.push(sign);
    this.#receive();
  }

  #receive(): void {
    const isHeld = this.settings.flowControl.includes('hardware') && this.#received.length >= highWaterBytes;
    if (this.#isComing || this.#coming.length === 0 || isHeld) return;
    this.#isComing = true;
    const count = Math.min(this.#coming.length, this.#batch);
    this.#options.clock.after(count * this.#characterMs, () => {
      this.#isComing = false;
      for (const sign of this.#coming.splice(0, count)) this.#arrive(sign);
      if (this.#state === 'going' && this.#coming.length === 0) this.#state = 'gone';
      this.#receive();
      this.#notify();
    });
  }

  /** As n_tty gives it to who reads (n_tty_receive_char and its neighbours of drivers/tty/n_tty.c). */
  #arrive(sign: Sign): void {
    if (this.#received.length >= receiveBytes) return this.#count('overruns');
    if (sign.kind !== 'byte') this.#count(countOf[sign.kind]);
    const byte = sign.kind === 'break' ? 0 : sign.byte;
    const isMarked = this.#options.marks && sign.kind !== 'byte';
    if (isMarked) this.#received.push(0xff, 0);
    else if (this.#options.marks && byte === 0xff) this.#received.push(0xff);
    this.#received.push(byte);
  }

  #count(name: 'overruns' | (typeof countOf)[keyof typeof countOf]): void {
    this.#counters = { ...this.#counters, [name]: this.#counters[name] + 1 };
  }

  #goWhenSaid(): void {
    this.#state = this.#coming.length > 0 ? 'going' : 'gone';
    this.#notify();
  }

  get #batch(): number {
    return Math.max(1, Math.floor(batchMs / this.#characterMs));
  }

  /** As a poll does: again and again while somebody is interested and the condition holds. */
  #notify(): void {
    if (this.#isNotifying) return;
    const isOver = this.#state === 'gone';
    const isReadable = (): boolean => this.#interest.readable && (this.#received.length > 0 || isOver);
    const isWritable = (): boolean => this.#interest.writable && (this.#toSend.length < sendBytes || isOver);
    if (this.#state === 'closed' || !(isReadable() || isWritable())) return;
    this.#isNotifying = true;
    this.#options.clock.after(0, () => {
      this.#isNotifying = false;
      try {
        if (isReadable()) this.#handlers?.readable();
        if (isWritable()) this.#handlers?.writable();
        this.#notify();
      } catch (error) {
        if (!(error instanceof TtyError)) throw error;
        this.#interest = { readable: false, writable: false };
        this.#handlers?.failed(error);
      }
    });
  }
}
