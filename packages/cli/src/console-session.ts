import { closeInTime, type SerialLink } from '@sercli/client/tools';
import type { SercliError } from '@sercli/protocol';
import { controllerText } from './output/controller-text.ts';

/** What happens on a link. */
type LinkEvent = Parameters<Parameters<SerialLink['listen']>[0]['event']>[0];

/** Ctrl-], the key that leaves, as telnet(1) has it. */
const leaveKey = 0x1d;

/**
 * What may be typed ahead while the port takes nothing, in bytes. A terminal is read on even then: the key that leaves
 * comes from there. A pipe waits.
 */
const typeAheadBytes = 1_048_576;

/** Without a terminal: how long the port has to be silent after the end of the input until the console leaves. */
const silenceMs = 500;

/** A terminal, or a pipe, joined to a serial port. */
export class ConsoleSession {
  /** Resolves when the console was left; to the error if the port ended it. */
  readonly ended: Promise<SercliError | undefined>;
  readonly #link: SerialLink;
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #tell: (text: string) => void;
  /** Typed and not taken by the port yet; while there is some, the input is paused. */
  #pending: Uint8Array = noBytes;
  #isInputOver = false;
  #isLeaving = false;
  #silence: NodeJS.Timeout | undefined;

  /** @param tell is told what the user should know besides what the port says */
  constructor(
    link: SerialLink,
    { input, output, tell }: { input: NodeJS.ReadStream; output: NodeJS.WriteStream; tell(text: string): void },
  ) {
    this.#link = link;
    this.#tell = tell;
    this.#input = input;
    this.#output = output;
    if (input.isTTY) input.setRawMode(true);
    input.on('data', (chunk: Buffer) => this.#typed(chunk));
    input.on('end', () => this.#inputOver());
    output.on('drain', () => this.#show());
    link.listen({ readable: () => this.#show(), writable: () => this.#send(), event: (event) => this.#event(event) });
    this.ended = link.closed.then((error) => {
      this.#show();
      this.#restore();
      // Who leaves a port that does not answer has what was wanted; what may be lost was said.
      return this.#isLeaving ? undefined : error;
    });
  }

  #typed(chunk: Buffer): void {
    const leave = this.#input.isTTY ? chunk.indexOf(leaveKey) : -1;
    this.#pending = Buffer.concat([this.#pending, leave === -1 ? chunk : chunk.subarray(0, leave)]);
    this.#send();
    if (leave !== -1) this.#leave();
  }

  #leave(): void {
    this.#isLeaving = true;
    void closeInTime(this.#link).then(() => {
      const bytes = this.#link.writeOffset - this.#link.takenOffset + this.#pending.length;
      if (bytes > 0) this.#tell(`the last ${bytes} bytes typed may not have reached the device`);
    });
  }

  #send(): void {
    const taken = this.#link.hasControl ? this.#link.write(this.#pending) : this.#pending.length;
    this.#pending = this.#pending.subarray(taken);
    if (this.#pending.length > (this.#input.isTTY ? typeAheadBytes : 0)) this.#input.pause();
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

  #event(event: LinkEvent): void {
    if (event.kind === 'state' && event.state.kind === 'lost') this.#tell(`paused: ${event.state.reason}`);
    else if (event.kind === 'state' && event.state.kind === 'up') this.#tell('goes on');
    else if (event.kind === 'gap') this.#tell(`${event.bytes ?? 'an unknown number of'} bytes are missing here`);
    else if (event.kind === 'in-doubt') this.#tell(`the last ${event.bytes} bytes typed may not have left the device`);
    else if (event.kind === 'control' && !event.hasControl) {
      this.#tell(`${event.controller?.name ?? 'another session'} controls the port now; what is typed is not sent`);
    } else if (event.kind === 'control' && event.controller !== undefined) {
      this.#tell(`${controllerText(event.controller)} writes to the port too now`);
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
