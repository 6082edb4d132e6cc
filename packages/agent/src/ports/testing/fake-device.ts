import { type LinkListener, type LinkState, ReceiveQueue } from '@sercli/link';
import { type LineSettings, type ModemLines, noModemLines, type SequenceStep, SercliError } from '@sercli/protocol';
import type { DeviceLink } from '../../devices/device-link.ts';
import { type LineCounts, noLineCounts } from '../../devices/line-counts.ts';

/** A device in the hands of the test. */
export class FakeDevice {
  readonly received = new ReceiveQueue();
  readonly written: string[] = [];
  readonly sequences: (readonly SequenceStep[])[] = [];
  readonly flushed: string[] = [];
  /** Codes of the errors that ended sequences. */
  readonly ended: string[] = [];
  /** In whose name they had been asked for. */
  readonly endedFor: unknown[] = [];
  isClosing = false;
  listener: LinkListener | undefined;
  readonly link: DeviceLink;
  settings: LineSettings;
  lines: ModemLines = noModemLines;
  lineCounts: LineCounts = noLineCounts;
  writtenBytes = 0;
  drainedBytes = 0;
  /** Bytes that are taken yet. */
  roomBytes = Number.POSITIVE_INFINITY;
  #state: LinkState = { kind: 'up' };
  #end: (error: SercliError | undefined) => void = () => undefined;

  /** @param isSlow it is closed only when `finishClosing` is called */
  constructor(settings: LineSettings, isSlow = false) {
    this.settings = settings;
    const closed = new Promise<SercliError | undefined>((resolve) => {
      this.#end = resolve;
    });
    this.link = this.#asLink(closed, isSlow);
  }

  finishClosing(): void {
    this.#state = { kind: 'closed' };
    this.#end(undefined);
  }

  unplug(
    error: SercliError = new SercliError('device-lost', { device: '/dev/ttyS0', reason: 'it was unplugged' }),
  ): void {
    this.#state = { kind: 'closed', error };
    this.#end(error);
  }

  send(text: string): void {
    this.received.push(Buffer.from(text));
  }

  /** Everything that was written has left. */
  drain(): void {
    this.drainedBytes = this.writtenBytes;
    this.listener?.event({ kind: 'drained', offset: this.drainedBytes });
  }

  #write(bytes: Uint8Array): number {
    if (this.#state.kind === 'closed') return 0;
    const taken = bytes.subarray(0, this.roomBytes);
    this.roomBytes -= taken.length;
    this.writtenBytes += taken.length;
    if (taken.length > 0) this.written.push(Buffer.from(taken).toString());
    return taken.length;
  }

  #asLink(closed: Promise<SercliError | undefined>, isSlow: boolean): DeviceLink {
    const device = this;
    const unlessGone = async (): Promise<void> => {
      if (device.#state.kind === 'closed') throw device.#state.error ?? new SercliError('closed', { what: 'tty' });
    };
    return {
      info: { name: 'tty', device: '/dev/tty' },
      get state() {
        return device.#state;
      },
      get settings() {
        return device.settings;
      },
      get lines() {
        return device.lines;
      },
      get lineCounts() {
        return device.lineCounts;
      },
      get readOffset() {
        return device.received.readOffset;
      },
      get writeOffset() {
        return device.writtenBytes;
      },
      get takenOffset() {
        return device.writtenBytes;
      },
      get drainedOffset() {
        return device.drainedBytes;
      },
      hasControl: true,
      peek: (maxBytes) => this.received.peek(maxBytes),
      consume: (bytes) => this.received.consume(bytes),
      write: (bytes) => this.#write(bytes),
      configure: async (change) => {
        await unlessGone();
        this.settings = { ...this.settings, ...change };
        return this.settings;
      },
      runSequence: async (steps) => {
        await unlessGone();
        this.sequences.push(steps);
      },
      endSequences: ({ code }, owner) => {
        this.ended.push(code);
        this.endedFor.push(owner);
      },
      drain: unlessGone,
      flush: async (queue) => void this.flushed.push(queue),
      listen: (listener) => {
        this.listener = listener;
        this.received.listen(listener);
      },
      close: async () => {
        this.isClosing = true;
        if (!isSlow) this.finishClosing();
        await closed;
      },
      abort: (error) => this.unplug(error),
      closed,
    };
  }
}
