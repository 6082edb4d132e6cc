import type { LinkEvent, LinkState, SerialLink } from '@sercli/link';
import {
  equalLineSettings,
  type FlushQueue,
  hasLineSettings,
  type LineSettings,
  type LineSettingsChange,
  reasonOf,
} from '@sercli/protocol';
import type { VirtualPort } from '@sercli/virtual-port';

/** Bytes that are moved at a time. */
const chunkBytes = 65_536;

/**
 * How long an application that opens the port may take to set it up, in milliseconds: many discard what was received
 * before they begin to read (pyserial, minicom), and what they asked to see again is not meant by that.
 */
const setUpMs = 300;

/** Whether what came before the first application waits for it. */
type Patience =
  | { readonly kind: 'over' }
  | { readonly kind: 'waiting' }
  /** The application has opened the port and sets it up. */
  | { readonly kind: 'setting-up'; readonly timer: NodeJS.Timeout };

/** What a relay uses of a virtual port. */
export type ApplicationSide = Pick<
  VirtualPort,
  'isOpen' | 'settings' | 'peek' | 'consume' | 'write' | 'lineBreak' | 'lineError' | 'showSettings'
>;

export interface RelayOptions {
  /** What the application sets is not passed on. */
  readonly isFixed: boolean;
  /** What the link was opened with. */
  readonly asked?: LineSettingsChange | undefined;
  /** What comes waits until an application has opened the port for the first time and has set it up. */
  readonly isPatient?: boolean | undefined;
  /** A link that is over and still has bytes that were received before: they go to the application first. */
  readonly backlog?: SerialLink | undefined;
  told(event: RelayEvent): void;
}

/** What a relay tells besides moving bytes. */
export type RelayEvent =
  /** The settings in force on the device changed. */
  | { readonly kind: 'settings'; readonly settings: LineSettings }
  /** The device was asked for something that it cannot do, or that the agent does not let it do, and has something else. */
  | { readonly kind: 'settings-differ'; readonly wanted: LineSettings; readonly settings: LineSettings }
  /** The application set something else than what is in force, and it was not passed on. */
  | { readonly kind: 'settings-ignored'; readonly wanted: LineSettings }
  /** The device did not take what the application set. */
  | { readonly kind: 'settings-failed'; readonly wanted: LineSettings; readonly reason: string }
  | { readonly kind: 'flush-failed'; readonly reason: string }
  /** So many bytes that the application wrote were not passed on, because another one controls the port. */
  | { readonly kind: 'refused'; readonly bytes: number }
  /** The link is lost, or there again, or over. */
  | { readonly kind: 'link-state'; readonly state: LinkState }
  | { readonly kind: 'link-event'; readonly event: Exclude<LinkEvent, { kind: 'settings' | 'state' | 'drained' }> };

/**
 * Moves bytes, settings and flushes between a link and the application on a virtual port.
 *
 * While no application has the port open, what the device sends is counted and discarded, as a serial port does that
 * nobody has open. A patient relay begins with that when the first application has come and has set the port up.
 */
export class Relay {
  readonly #port: ApplicationSide;
  readonly #link: SerialLink;
  readonly #options: RelayOptions;
  /** What the application set last and the device has not been asked for yet. */
  #wanted: LineSettings | undefined;
  #isConfiguring = false;
  #backlog: SerialLink | undefined;
  #patience: Patience;
  #unreadBytes = 0;
  #refusedBytes = 0;
  #toApplication = 0;
  #toDevice = 0;

  constructor(port: ApplicationSide, link: SerialLink, options: RelayOptions) {
    this.#port = port;
    this.#link = link;
    this.#options = options;
    this.#backlog = options.backlog;
    this.#patience = { kind: options.isPatient === true ? 'waiting' : 'over' };
  }

  /** @param asked what the port had when the link was asked for: what the application has set since then is passed on */
  start(asked: LineSettings = this.#port.settings): void {
    if (equalLineSettings(asked, this.#port.settings)) this.#opened();
    else this.applySettings(this.#port.settings);
    this.#link.listen({
      readable: () => this.moveToApplication(),
      writable: () => this.moveToDevice(),
      event: (event) => this.#linkEvent(event),
    });
    this.moveToDevice();
  }

  /** Bytes that came while no application had the port open. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  /** Bytes that the application wrote while another one controlled the port. */
  get refusedBytes(): number {
    return this.#refusedBytes;
  }

  /** Bytes moved in each direction. */
  get movedBytes(): { readonly toApplication: number; readonly toDevice: number } {
    return { toApplication: this.#toApplication, toDevice: this.#toDevice };
  }

  /** As much as the application takes. */
  moveToApplication(): void {
    if (this.#backlog !== undefined) {
      if (!this.#moveFrom(this.#backlog)) return;
      this.#backlog = undefined;
    }
    this.#moveFrom(this.#link);
  }

  /** As much as the link takes. */
  moveToDevice(): void {
    for (;;) {
      const bytes = this.#port.peek(chunkBytes);
      if (bytes.length === 0) return;
      const taken = this.#link.hasControl ? this.#link.write(bytes) : this.#refuse(bytes);
      if (this.#link.hasControl) this.#toDevice += taken;
      const isAll = taken === bytes.length;
      if (taken > 0) this.#port.consume(taken);
      if (!isAll) return;
    }
  }

  /** The application set the line. */
  applySettings(settings: LineSettings): void {
    if (!this.#isConfiguring && equalLineSettings(settings, this.#link.settings)) return;
    if (this.#options.isFixed || !this.#link.hasControl) {
      this.#options.told({ kind: 'settings-ignored', wanted: settings });
      this.#port.showSettings(this.#link.settings);
      return;
    }
    this.#wanted = settings;
    if (!this.#isConfiguring) void this.#configure();
  }

  /** The application called tcflush(3). */
  flush(queue: FlushQueue): void {
    const wanted = this.#flushOf(queue);
    if (wanted === undefined) return;
    if (wanted !== 'unsent') this.#backlog = undefined;
    this.#link.flush(wanted).catch((error: unknown) => {
      // An application that flushes and closes the port at once ends the session first: nothing is left to discard.
      if (this.#link.state.kind === 'closed') return;
      this.#options.told({ kind: 'flush-failed', reason: reasonOf(error) });
    });
  }

  #opened(): void {
    this.#port.showSettings(this.#link.settings);
    // Who only watches sets nothing, and asks for nothing by what the port is said to have.
    if (this.#link.hasControl) this.#tellDifference(this.#options.asked ?? {});
  }

  #tellDifference(asked: LineSettingsChange): void {
    const { settings } = this.#link;
    if (hasLineSettings(settings, asked)) return;
    this.#options.told({ kind: 'settings-differ', wanted: { ...settings, ...asked }, settings });
  }

  /** @returns whether all that the link has was moved */
  #moveFrom(link: SerialLink): boolean {
    if (this.#isWaiting()) return false;
    for (;;) {
      const bytes = link.peek(chunkBytes);
      if (bytes.length === 0) return true;
      const taken = this.#port.isOpen ? this.#port.write(bytes) : this.#discard(bytes);
      if (this.#port.isOpen) this.#toApplication += taken;
      const isAll = taken === bytes.length;
      if (taken > 0) link.consume(taken);
      if (!isAll) return false;
    }
  }

  /** What of a flush reaches the link: who only watches discards nothing of the device, who sets up nothing that waits for it. */
  #flushOf(queue: FlushQueue): FlushQueue | undefined {
    const isSettingUp = this.#isWaiting();
    if (isSettingUp) this.#setUp();
    const received = queue !== 'unsent' && !isSettingUp;
    const unsent = queue !== 'received' && this.#link.hasControl;
    if (received) return unsent ? 'both' : 'received';
    return unsent ? 'unsent' : undefined;
  }

  #isWaiting(): boolean {
    if (this.#patience.kind === 'waiting' && this.#port.isOpen) this.#setUp();
    return this.#patience.kind !== 'over';
  }

  /** The application sets the port up: it has some more time for that. */
  #setUp(): void {
    if (this.#patience.kind === 'setting-up') clearTimeout(this.#patience.timer);
    const begin = (): void => {
      this.#patience = { kind: 'over' };
      this.moveToApplication();
    };
    this.#patience = { kind: 'setting-up', timer: setTimeout(begin, setUpMs) };
  }

  #refuse(bytes: Uint8Array): number {
    this.#refusedBytes += bytes.length;
    this.#options.told({ kind: 'refused', bytes: bytes.length });
    return bytes.length;
  }

  #discard(bytes: Uint8Array): number {
    this.#unreadBytes += bytes.length;
    return bytes.length;
  }

  /** One change at a time; of several that come meanwhile, the last counts. */
  async #configure(): Promise<void> {
    this.#isConfiguring = true;
    while (this.#wanted !== undefined) {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      try {
        const settings = await this.#link.configure(wanted);
        // Meanwhile the application may have gone on: what it wants now is shown, not what it wanted then.
        if (this.#wanted === undefined) {
          this.#port.showSettings(settings);
          this.#tellDifference(wanted);
        }
      } catch (error) {
        // The port keeps what the application wants, for the next link to be asked for.
        if (this.#link.state.kind === 'closed') return;
        this.#options.told({ kind: 'settings-failed', wanted, reason: reasonOf(error) });
        if (this.#wanted === undefined) this.#port.showSettings(this.#link.settings);
      }
    }
    this.#isConfiguring = false;
  }

  #linkEvent(event: LinkEvent): void {
    switch (event.kind) {
      case 'drained':
        return;
      case 'state':
        return this.#options.told({ kind: 'link-state', state: event.state });
      case 'settings':
        if (!this.#isConfiguring) this.#port.showSettings(event.settings);
        return this.#options.told(event);
      case 'break':
        this.#port.lineBreak();
        return this.#options.told({ kind: 'link-event', event });
      case 'line-error':
        // An overrun is no byte: what was lost is not there.
        if (event.error !== 'overrun') this.#port.lineError();
        return this.#options.told({ kind: 'link-event', event });
      default:
        return this.#options.told({ kind: 'link-event', event });
    }
  }
}
