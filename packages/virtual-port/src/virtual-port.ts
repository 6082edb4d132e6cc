import { defaultLineSettings, type LineSettings, type SercliError } from '@sercli/protocol';
import type { OpenEvents, PacketStatus } from '@sercli/tty';
import type { PortAccess } from './port-access.ts';
import { toPortError } from './port-errors.ts';
import { PortLink } from './port-link.ts';
import type { VirtualPortListener } from './port-listener.ts';
import type { PtyPackets } from './pty-packets.ts';
import { makeTerminal, releaseTerminal, type Terminal } from './terminal.ts';

/** What the port is called, who may open it and how it begins. */
export interface VirtualPortOptions extends PortAccess {
  /** Path of a symbolic link to make; missing directories are made. */
  readonly link?: string;
  /** What the port has at first; 115200 8N1 unless given. */
  readonly settings?: LineSettings;
}

/** Packets read in one turn of the event loop, so that a busy port leaves time to the others. */
const packetsPerTurn = 4;
/** How long `close` waits for the application to read what was written, in milliseconds. */
const closeTimeoutMs = 1000;
const closePollMs = 10;

/**
 * A pseudo terminal that behaves like a serial port: it stays when an application closes it, tells what the application
 * sets, holds an application that writes faster than its bytes are consumed, and keeps no bytes for the next one.
 *
 * Two applications in a row count as one when the second opens the port before the bytes of the first are consumed.
 */
export class VirtualPort {
  /** Resolves when the port is closed, to the error if it was not closed on purpose. Never rejects. */
  readonly closed: Promise<SercliError | undefined>;
  #resolveClosed: (error: SercliError | undefined) => void = () => undefined;
  readonly #access: PortAccess;
  readonly #link: PortLink | undefined;
  #terminal: Terminal;
  #listener: VirtualPortListener | undefined;
  /** `idle`: no application has the port open. `closing`: what was written is being read by the application. */
  #state: 'idle' | 'in-use' | 'closing' | 'over' = 'idle';
  #wantsToWrite = false;

  /**
   * @throws SercliError `unsupported-platform`, `native-module-missing`, `virtual-port-failed`, `link-refused`,
   * `state-unusable`, `state-untrusted`
   */
  static async create(options: VirtualPortOptions = {}): Promise<VirtualPort> {
    try {
      return new VirtualPort(options);
    } catch (error) {
      throw toPortError(error);
    }
  }

  private constructor({ link, settings = defaultLineSettings, ...access }: VirtualPortOptions) {
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#access = access;
    this.#terminal = this.#makeTerminal(settings);
    try {
      this.#link = link === undefined ? undefined : new PortLink(link, this.path);
    } catch (error) {
      releaseTerminal(this.#terminal);
      throw error;
    }
  }

  /** The pseudo terminal: `/dev/pts/7`. Another one after an application of another user left it in exclusive use. */
  get path(): string {
    return this.#terminal.end.path;
  }

  /** The path of the symbolic link, if one was asked for. */
  get link(): string | undefined {
    return this.#link?.path;
  }

  /** Whether an application has the port open, or bytes of it wait still. */
  get isOpen(): boolean {
    return this.#state === 'in-use';
  }

  /** As last shown or set by the application; data bits and parity as last shown, for the kernel hides others. */
  get settings(): LineSettings {
    return this.#terminal.settings.settings;
  }

  /** Sets the one listener; before, nothing is read. An application that has the port open is announced at once. */
  listen(listener: VirtualPortListener): void {
    this.#listener = listener;
    if (this.#state === 'in-use') listener.opened();
    else this.#beginIfUsed();
    if (this.#packets.hasData) listener.readable();
  }

  /**
   * The next bytes from the application, at most `maxBytes`; at most one packet of the kernel is kept here, the
   * application is held while more wait. The memory is valid until `consume` or return to the event loop.
   */
  peek(maxBytes: number): Uint8Array {
    return this.#packets.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#packets.consume(bytes);
    this.#setInterest();
  }

  /** Gives the application as many bytes as fit now and says how many; none while no application has the port open. */
  write(bytes: Uint8Array): number {
    const { end, input } = this.#terminal;
    const isHeldOpen = this.#isInUse() && end.isHeldOpen;
    const taken = isHeldOpen ? input.write(bytes) : 0;
    if (taken < bytes.length || !input.flush()) this.#wantToWrite(isHeldOpen);
    return taken;
  }

  /** The line had a break behind the bytes written so far: the application reads what its termios says (termios(3)). */
  lineBreak(): void {
    const { end, input } = this.#terminal;
    if (!this.#isInUse() || !end.isHeldOpen) return;
    input.break();
    if (!input.flush()) this.#wantToWrite(true);
  }

  /** The byte that is written next came with a parity or framing error: the application reads what its termios says. */
  lineError(): void {
    if (this.#isInUse()) this.#terminal.input.error();
  }

  /**
   * Makes the port say what the far device really has; not reported back as a change. What an application has set a
   * moment ago, and was not told yet, is told and stays.
   */
  showSettings(settings: LineSettings): void {
    if (this.#state !== 'over') this.#terminal.settings.show(settings);
  }

  /** Closes when the application has read what was written, after a second at the latest. Idempotent. */
  async close(): Promise<void> {
    if (this.#state === 'in-use' || this.#state === 'idle') {
      const wasInUse = this.#state === 'in-use';
      this.#state = 'closing';
      this.#setInterest();
      if (wasInUse) await this.#untilRead();
      this.#finish(undefined);
    }
    await this.closed;
  }

  /** Closes now; what the application has not read is discarded. */
  abort(error: SercliError): void {
    if (this.#state !== 'over') this.#finish(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #packets(): PtyPackets {
    return this.#terminal.end.packets;
  }

  #makeTerminal(initial: LineSettings): Terminal {
    return makeTerminal(this.#access, initial, {
      readable: () => this.#onReadable(),
      writable: () => this.#onWritable(),
      priority: () => this.#onPriority(),
      failed: (error) => this.abort(toPortError(error)),
      settings: (changed) => this.#listener?.settings(changed),
      opens: (events) => this.#onOpens(events),
    });
  }

  #onOpens({ opened }: OpenEvents): void {
    if (this.#listener === undefined) return;
    // One that has closed again already is served too: reading comes upon the hang-up.
    if (this.#state === 'idle' && opened) this.#begin(this.#listener);
    else this.#setInterest();
  }

  #beginIfUsed(): void {
    const isUsed = this.#terminal.end.isHeldOpen || this.#packets.readStatus().kind === 'data';
    if (this.#state === 'idle' && isUsed && this.#listener !== undefined) this.#begin(this.#listener);
  }

  #begin(listener: VirtualPortListener): void {
    this.#state = 'in-use';
    listener.opened();
    if (this.#isInUse()) this.#terminal.settings.startWatching();
    this.#setInterest();
  }

  #wantToWrite(isHeldOpen: boolean): void {
    if (this.#wantsToWrite) return;
    this.#wantsToWrite = true;
    this.#setInterest(isHeldOpen);
  }

  /**
   * Under a hang-up only reading is of use: it comes upon the end. All else would be called again and again.
   *
   * @param isHeldOpen as the caller has just seen it: to look is a system call, a tenth of what a busy port costs
   */
  #setInterest(isHeldOpen?: boolean): void {
    const { end } = this.#terminal;
    if (this.#state === 'over') return;
    const isInUse = this.#isInUse();
    const isStalled = this.#packets.hasData;
    const isOfUse = (isStalled || this.#wantsToWrite) && (isHeldOpen ?? end.isHeldOpen);
    end.polled.setInterest({
      readable: isInUse && !isStalled,
      writable: isInUse && this.#wantsToWrite && isOfUse,
      priority: isInUse && isStalled && isOfUse,
    });
  }

  #onReadable(): void {
    for (let packets = 0; packets < packetsPerTurn && this.#isInUse() && !this.#packets.hasData; packets++) {
      const packet = this.#packets.readNext();
      if (packet.kind === 'data') {
        this.#listener?.readable();
        // Looking again would find nothing; what comes meanwhile is told.
        if (packet.isLast) break;
      } else if (packet.kind === 'status') this.#tellStatus(packet.status);
      else if (packet.kind === 'hang-up') this.#leave();
      else break;
    }
    if (this.#packets.hasData) this.#packets.stall();
    this.#setInterest();
  }

  /** Bytes wait to be consumed, and the application did something else. */
  #onPriority(): void {
    const packet = this.#packets.readStatus();
    if (packet.kind === 'status') this.#tellStatus(packet.status);
    this.#setInterest();
  }

  #onWritable(): void {
    const { isHeldOpen } = this.#terminal.end;
    if (isHeldOpen && this.#terminal.input.flush()) {
      this.#wantsToWrite = false;
      this.#listener?.writable();
    }
    this.#setInterest(isHeldOpen);
  }

  #tellStatus({ hasNewTermios, flushed }: PacketStatus): void {
    if (hasNewTermios) this.#terminal.settings.refresh();
    if (flushed === undefined || !this.#isInUse()) return;
    if (flushed !== 'received') this.#packets.discard();
    if (flushed !== 'unsent') this.#terminal.input.discard();
    this.#listener?.flush(flushed);
  }

  /** The last application has gone, and everything it wrote has been consumed. */
  #leave(): void {
    this.#terminal.settings.refresh();
    this.#terminal.settings.stopWatching();
    this.#terminal.input.discard();
    if (!this.#isInUse()) return;
    this.#state = 'idle';
    this.#prepareForNext();
    this.#listener?.closed();
    this.#beginIfUsed();
  }

  #prepareForNext(): void {
    const before = this.#terminal;
    if (before.end.tidy()) return before.watch.discard();
    this.#terminal = this.#makeTerminal(before.settings.settings);
    releaseTerminal(before);
    this.#link?.retarget(this.path);
  }

  async #untilRead(): Promise<void> {
    const { end } = this.#terminal;
    for (let waitedMs = 0; waitedMs < closeTimeoutMs && this.#state === 'closing'; waitedMs += closePollMs) {
      await new Promise((resolve) => setTimeout(resolve, closePollMs));
      if (this.#state !== 'closing' || !end.isHeldOpen || end.unreadBytes() === 0) return;
    }
  }

  #finish(error: SercliError | undefined): void {
    this.#state = 'over';
    releaseTerminal(this.#terminal);
    try {
      this.#link?.remove();
      this.#resolveClosed(error);
    } catch (failure) {
      this.#resolveClosed(error ?? toPortError(failure));
    }
  }

  /** Asked again after each call of the listener, which may have closed the port. */
  #isInUse(): boolean {
    return this.#state === 'in-use';
  }
}
