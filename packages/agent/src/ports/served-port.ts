import type { LinkEvent, SerialLink } from '@sercli/link';
import {
  defaultLineSettings,
  equalLineSettings,
  formatLineSettings,
  type LineSettings,
  type LineSettingsChange,
  type ListedPort,
  SercliError,
  toSercliError,
} from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import { clockTime, type Holder, holderText, type PortControl, toldControl } from './port-control.ts';
import type { PortDescription } from './port-description.ts';
import { PortDevice } from './port-device.ts';
import { defaultLogBytes, LogCursor, PortLog } from './port-log.ts';
import { SessionLink } from './session-link.ts';

/** Bytes moved from the device to the log at a time. */
const chunkBytes = 65_536;

/** Room in the log that a held device leaves: what it sent last, when it goes, must not cost a reader a gap. */
const reservedBytes = 65_536;

export interface PortPolicy {
  /** Open from the start of the agent to its end. */
  readonly keepOpen: boolean;
  /** Milliseconds that the device stays open after the last session. */
  readonly lingerMs: number;
}

export const defaultPortPolicy: PortPolicy = { keepOpen: false, lingerMs: 0 };

/** What a port has of its agent. */
export interface PortSurroundings {
  /** What the agent is called, for messages. */
  readonly host: string;
  readonly policy: PortPolicy;
  readonly logger: Logger;
  changed(): void;
}

/** A port that the agent serves: it opens the device when the first session wants it, keeps its log and owns its sessions. */
export class ServedPort {
  readonly #host: string;
  readonly #policy: PortPolicy;
  readonly #logger: Logger;
  readonly #changed: () => void;
  #description: PortDescription;
  readonly #device: PortDevice;
  /** One run of the device's byte count. */
  #log = new PortLog(defaultLogBytes);
  #epoch = newEpoch();
  #control: PortControl | undefined;
  #isReading = false;
  /** Why the device could not be opened at the start, so that it is told once. */
  #startFailure = '';

  /** @param changed is called when `list` may say something else */
  constructor(description: PortDescription, { host, policy, logger, changed }: PortSurroundings) {
    this.#host = host;
    this.#description = description;
    this.#policy = policy;
    this.#logger = logger;
    this.#changed = changed;
    this.#device = new PortDevice({
      opened: (source) => this.#begin(source),
      lost: (source, error) => this.#lost(source, error),
      closed: () => {
        this.#tell(`closed ${this.device}`);
        this.#changed();
      },
    });
  }

  get name(): string {
    return this.#description.name;
  }

  get device(): string {
    return this.#description.device;
  }

  get epoch(): string {
    return this.#epoch;
  }

  /** What was found out about the device anew. */
  update(description: PortDescription): void {
    this.#description = description;
  }

  /** The device is gone. */
  lose(reason: string): void {
    this.#description = { ...this.#description, absence: { kind: 'lost', reason } };
  }

  /** The port as `/v1/ports` lists it. */
  list(): ListedPort {
    const { name, device, description, usb } = this.#description;
    const { source } = this.#device;
    const absence = source === undefined ? this.#description.absence : undefined;
    return {
      name,
      device,
      ...(description === undefined ? {} : { description }),
      ...(usb === undefined ? {} : { usb }),
      settings: source?.settings ?? this.#initialSettings({}),
      state: absence?.kind ?? (source === undefined ? 'idle' : 'open'),
      ...(absence === undefined ? {} : { reason: absence.reason }),
      ...(this.#control === undefined ? {} : { controller: toldControl(this.#control) }),
    };
  }

  /**
   * Gives control of the port to a session.
   *
   * @throws SercliError `port-unavailable`, `port-busy`, and what opening the device throws
   */
  async openSession(holder: Holder, change: LineSettingsChange): Promise<SessionLink> {
    this.#refuseUnlessFree();
    const control: PortControl = { ...holder, since: new Date(), session: undefined };
    this.#control = control;
    this.#changed();
    try {
      const wasOpen = this.#device.source !== undefined;
      const source = await this.#openDevice(change);
      const { name, device } = this.#description;
      // What a device says right after it was opened belongs to the session that it was opened for.
      const cursor = new LogCursor(this.#log, wasOpen ? this.#log.endOffset : this.#log.startOffset);
      const session = new SessionLink({ name, device }, source, cursor, {
        isFixed: this.#description.isFixed,
        consumed: () => this.#readDevice(),
        released: () => this.#released(control),
      });
      control.session = session;
      if (wasOpen && !this.#description.isFixed && Object.keys(change).length > 0) await source.configure(change);
      this.#tell(`attached by ${holderText(holder)}`, { holder });
      return session;
    } catch (error) {
      if (control.session === undefined) this.#released(control);
      else control.session.abort(toSercliError(error));
      throw error;
    }
  }

  /** Opens the device of a port that is kept open, if it is there. What fails is logged; the next call tries again. */
  async start(): Promise<void> {
    if (!this.#policy.keepOpen || this.#description.absence !== undefined || !this.#device.isIdle) return;
    try {
      await this.#openDevice({});
      this.#startFailure = '';
    } catch (error) {
      const { code, message } = toSercliError(error);
      if (message !== this.#startFailure) this.#logger.warn({ port: this.name, code }, `${this.name}: ${message}`);
      this.#startFailure = message;
    }
  }

  /** Ends the session and closes the device. */
  async close(): Promise<void> {
    this.#control?.session?.abort(
      new SercliError('session-ended', { port: this.name, reason: 'it is not served any more' }),
    );
    await this.#device.close();
  }

  #refuseUnlessFree(): void {
    const { name, absence } = this.#description;
    const host = this.#host;
    if (this.#control === undefined) {
      if (absence === undefined) return;
      const { kind, reason } = absence;
      if (kind === 'lost') throw new SercliError('device-lost', { device: `${name} on ${host}`, reason });
      throw new SercliError('port-unavailable', { port: name, host, reason });
    }
    const since = clockTime(this.#control.since);
    throw new SercliError('port-busy', { port: name, host, holder: holderText(this.#control), since });
  }

  #initialSettings(change: LineSettingsChange): LineSettings {
    const { settings, isFixed } = this.#description;
    return { ...defaultLineSettings, ...settings, ...(isFixed ? {} : change) };
  }

  #openDevice(change: LineSettingsChange): Promise<SerialLink> {
    const wanted = this.#initialSettings(change);
    return this.#device.open(async () => {
      const warn = (text: string): void => this.#logger.warn({ port: this.name }, `${this.name}: ${text}`);
      const source = await this.#description.open(wanted, warn);
      if (!equalLineSettings(source.settings, wanted)) {
        warn(`asked for ${formatLineSettings(wanted)}, and ${this.device} has ${formatLineSettings(source.settings)}`);
      }
      return source;
    });
  }

  #begin(source: SerialLink): void {
    this.#log = new PortLog(defaultLogBytes);
    this.#epoch = newEpoch();
    this.#tell(`opened ${this.device} (${formatLineSettings(source.settings)})`);
    source.listen({
      readable: () => this.#readDevice(),
      writable: () => this.#control?.session?.writable(),
      event: (event) => this.#sourceEvent(event),
    });
    this.#changed();
  }

  /** Moves what the device has into the log, unless that would make a gap where the far end can wait instead. */
  #readDevice(): void {
    const { source } = this.#device;
    if (source !== undefined) this.#read(source);
  }

  #read(source: SerialLink): void {
    // A reader that consumes what is appended comes back here: the loop below goes on for it.
    if (this.#isReading) return;
    this.#isReading = true;
    this.#fillLog(source);
    this.#isReading = false;
  }

  #fillLog(source: SerialLink): void {
    const isHeld = source.state.kind === 'up' && this.#description.pushesBack(source.settings);
    for (;;) {
      const room = isHeld ? Math.max(0, this.#log.roomBytes - reservedBytes) : chunkBytes;
      const bytes = source.peek(Math.min(room, chunkBytes));
      if (bytes.length === 0) return;
      const taken = bytes.length;
      this.#log.append(bytes);
      source.consume(taken);
    }
  }

  #sourceEvent(event: LinkEvent): void {
    if (event.kind === 'break' || event.kind === 'line-error' || event.kind === 'gap') this.#log.place(event);
    else if (event.kind !== 'state') this.#control?.session?.sourceEvent(event);
    if (event.kind === 'settings') this.#changed();
  }

  #lost(source: SerialLink, error: SercliError | undefined): void {
    this.#read(source);
    if (error !== undefined) this.#logger.warn({ port: this.name, code: error.code }, `${this.name}: ${error.message}`);
    this.#control?.session?.sourceClosed(error);
    this.#changed();
  }

  #released(control: PortControl): void {
    if (this.#control !== control) return;
    this.#control = undefined;
    this.#changed();
    if (control.session !== undefined) this.#tell(`detached by ${holderText(control)}`);
    if (!this.#policy.keepOpen) this.#device.leave(this.#policy.lingerMs);
  }

  #tell(what: string, fields: object = {}): void {
    this.#logger.info({ port: this.name, device: this.device, ...fields }, `${this.name}: ${what}`);
  }
}

function newEpoch(): string {
  return crypto.randomUUID();
}
