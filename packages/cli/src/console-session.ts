import type { SerialLink } from '@sercli/client';
import type { SercliError } from '@sercli/protocol';

/** Ctrl-], the key that leaves, as telnet(1) has it. */
const leaveKey = 0x1d;

/** Without a terminal: how long the port has to be silent after the end of the input until the console leaves. */
const silenceMs = 500;

/** A terminal, or a pipe, joined to a serial port. */
export class ConsoleSession {
  /** Resolves when the console was left; to the error if the port ended it. */
  readonly ended: Promise<SercliError | undefined>;
  readonly #link: SerialLink;
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  /** Typed and not taken by the port yet; while there is some, the input is paused. */
  #pending: Uint8Array = noBytes;
  #isInputOver = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(link: SerialLink, input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#link = link;
    this.#input = input;
    this.#output = output;
    if (input.isTTY) input.setRawMode(true);
    input.on('data', (chunk: Buffer) => this.#typed(chunk));
    input.on('end', () => this.#inputOver());
    output.on('drain', () => this.#show());
    link.listen({ readable: () => this.#show(), writable: () => this.#send(), event: () => undefined });
    this.ended = link.closed.then((error) => {
      this.#show();
      this.#restore();
      return error;
    });
  }

  #typed(chunk: Buffer): void {
    const leave = this.#input.isTTY ? chunk.indexOf(leaveKey) : -1;
    this.#pending = Buffer.concat([this.#pending, leave === -1 ? chunk : chunk.subarray(0, leave)]);
    this.#send();
    if (leave !== -1) void this.#link.close();
  }

  #send(): void {
    this.#pending = this.#pending.subarray(this.#link.write(this.#pending));
    if (this.#pending.length > 0) this.#input.pause();
    else if (this.#isInputOver) void this.#leaveInSilence();
    else this.#input.resume();
  }

  #show(): void {
    this.#silence?.refresh();
    while (!this.#output.writableNeedDrain) {
      const bytes = this.#link.peek(65_536);
      if (bytes.length === 0) return;
      // The memory is the link's, the stream may keep what it is given.
      this.#output.write(Buffer.from(bytes));
      this.#link.consume(bytes.length);
    }
  }

  #inputOver(): void {
    this.#isInputOver = true;
    if (this.#pending.length === 0) void this.#leaveInSilence();
  }

  async #leaveInSilence(): Promise<void> {
    // A port that fails meanwhile ends the console by itself.
    await this.#link.drain().catch(() => undefined);
    this.#silence ??= setTimeout(() => void this.#link.close(), silenceMs);
  }

  #restore(): void {
    clearTimeout(this.#silence);
    if (this.#input.isTTY) this.#input.setRawMode(false);
    this.#input.destroy();
  }
}

const noBytes = new Uint8Array(0);
