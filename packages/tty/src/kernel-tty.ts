import { applyLineSettings, type LineSettings, readLineSettings } from './line-settings.ts';
import {
  type LineCounters,
  type ModemLines,
  readCounters,
  readModemLines,
  setBreak,
  setOutputs,
} from './modem-lines.ts';
import { type Interest, PolledFd, type PolledFdHandlers } from './polled-fd.ts';
import { flushQueues, inputQueueBytes, isTransmitterEmpty, outputQueueBytes } from './queues.ts';
import type { SerialTty } from './serial-tty.ts';
import { hasErrorMarks, readTermios } from './termios.ts';
import { TtyError } from './tty-error.ts';

/** The driver of a tty of this machine's kernel, by its file descriptor. */
export class KernelTty implements SerialTty {
  readonly hasErrorMarks: boolean;
  readonly #fd: number;
  readonly #polled: PolledFd;
  #handlers: PolledFdHandlers | undefined;

  /** Takes over `fd`, which must be nonblocking. Throws TtyError. */
  constructor(fd: number) {
    this.hasErrorMarks = hasErrorMarks(readTermios(fd));
    this.#fd = fd;
    this.#polled = new PolledFd(fd, {
      readable: () => this.#handlers?.readable(),
      writable: () => this.#handlers?.writable(),
      failed: (error) => this.#handlers?.failed(error),
    });
  }

  listen(handlers: PolledFdHandlers): void {
    this.#handlers = handlers;
  }
  setInterest(interest: Interest): void {
    this.#polled.setInterest(interest);
  }
  read(into: Uint8Array): number {
    return this.#polled.read(into);
  }
  write(bytes: Uint8Array): number {
    return this.#polled.write(bytes);
  }

  get settings(): LineSettings {
    return readLineSettings(this.#fd);
  }
  applySettings(change: Partial<LineSettings>): LineSettings {
    return applyLineSettings(this.#fd, change);
  }
  get lines(): ModemLines | undefined {
    return readModemLines(this.#fd);
  }
  setOutputs(outputs: { readonly dtr?: boolean; readonly rts?: boolean }): void {
    setOutputs(this.#fd, outputs);
  }
  setBreak(on: boolean): boolean {
    return setBreak(this.#fd, on);
  }
  get counters(): LineCounters | undefined {
    return readCounters(this.#fd);
  }

  get unreadBytes(): number {
    return inputQueueBytes(this.#fd);
  }
  get unsentBytes(): number {
    return outputQueueBytes(this.#fd);
  }
  get isTransmitterEmpty(): boolean | undefined {
    return isTransmitterEmpty(this.#fd);
  }
  flush(queue: 'received' | 'unsent' | 'both'): void {
    flushQueues(this.#fd, queue);
  }

  async close(): Promise<void> {
    this.#discardUnsent();
    await this.#polled.closeInPool();
  }

  /**
   * close(2) would wait half a minute for bytes that are held by flow control, in a thread of the pool (closing_wait,
   * setserial(8)). A UART's driver discards them; that of a USB adapter cannot, and they leave unheld.
   */
  #discardUnsent(): void {
    try {
      if (this.unsentBytes > 0) this.flush('unsent');
      if (this.unsentBytes > 0) this.applySettings({ flowControl: 'none' });
    } catch (error) {
      // A device that is gone has no bytes to wait for.
      if (!(error instanceof TtyError)) throw error;
    }
  }
}
