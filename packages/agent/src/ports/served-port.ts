import type { LinkEvent, SerialLink } from '@sercli/link';
import {
  defaultLineSettings,
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

type DeviceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly opened: Promise<SerialLink> }
  | { readonly kind: 'open'; readonly source: SerialLink }
  | { readonly kind: 'lingering'; readonly source: SerialLink; readonly timer: NodeJS.Timeout }
  /** What was written is still on its way out. */
  | { readonly kind: 'closing'; readonly closed: Promise<void> };

/** A port that the agent serves: it opens the device when the first session wants it, keeps its log and owns its sessions. */
export class ServedPort {
  readonly #host: string;
  readonly #policy: PortPolicy;
  readonly #logger: Logger;
  readonly #changed: () => void;
  #description: PortDescription;
  #device: DeviceState = { kind: 'idle' };
  /** One run of the device's byte count. */
  #log = new PortLog(defaultLogBytes);
  #epoch = newEpoch();
  #control: PortControl | undefined;
  #isReading = false;

  /** @param changed is called when `list` may say something else */
  constructor(description: PortDescription, { host, policy, logger, changed }: PortSurroundings) {
    this.#host = host;
    this.#description = description;
    this.#policy = policy;
    this.#logger = logger;
    this.#changed = changed;
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

  get isOpen(): boolean {
    return this.#device.kind !== 'idle';
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
    const source = this.#source;
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
      const wasOpen = this.#source !== undefined;
      const source = await this.#openDevice(change);
      const { name, device } = this.#description;
      // What a device says right after it was opened belongs to the session that it was opened for.
      const cursor = new LogCursor(this.#log, wasOpen ? this.#log.endOffset : this.#log.startOffset);
      const session = new SessionLink({ name, device }, source, cursor, {
        consumed: () => this.#readDevice(),
        released: () => this.#released(control),
      });
      control.session = session;
      if (wasOpen && Object.keys(change).length > 0) await source.configure(change);
      this.#logger.info({ port: name, holder }, `${name}: attached by ${holderText(holder)}`);
      return session;
    } catch (error) {
      if (control.session === undefined) this.#released(control);
      else control.session.abort(toSercliError(error));
      throw error;
    }
  }

  /** Opens the device of a port that is kept open. */
  async start(): Promise<void> {
    if (this.#policy.keepOpen) await this.#openDevice({});
  }

  /** Ends the session and closes the device. */
  async close(): Promise<void> {
    const source = this.#source;
    this.#control?.session?.abort(new SercliError('session-ended', { port: this.name, reason: 'the agent ends' }));
    if (this.#device.kind === 'lingering') clearTimeout(this.#device.timer);
    if (source !== undefined) this.#closeDevice(source);
    if (this.#device.kind === 'closing') await this.#device.closed;
  }

  get #source(): SerialLink | undefined {
    return this.#device.kind === 'open' || this.#device.kind === 'lingering' ? this.#device.source : undefined;
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
    return { ...defaultLineSettings, ...this.#description.settings, ...change };
  }

  async #openDevice(change: LineSettingsChange): Promise<SerialLink> {
    if (this.#device.kind === 'closing') await this.#device.closed;
    switch (this.#device.kind) {
      case 'open':
        return this.#device.source;
      case 'lingering':
        clearTimeout(this.#device.timer);
        this.#device = { kind: 'open', source: this.#device.source };
        return this.#device.source;
      case 'opening':
        return this.#device.opened;
      case 'closing':
      case 'idle': {
        const opened = this.#openIdleDevice(this.#initialSettings(change));
        this.#device = { kind: 'opening', opened };
        return opened;
      }
      default:
        return this.#device satisfies never;
    }
  }

  async #openIdleDevice(settings: LineSettings): Promise<SerialLink> {
    try {
      const source = await this.#description.open(settings);
      this.#device = { kind: 'open', source };
      this.#begin(source);
      return source;
    } catch (error) {
      this.#device = { kind: 'idle' };
      throw error;
    }
  }

  #begin(source: SerialLink): void {
    this.#log = new PortLog(defaultLogBytes);
    this.#epoch = newEpoch();
    const settings = formatLineSettings(source.settings);
    this.#logger.info(
      { port: this.name, device: this.device, settings },
      `${this.name}: opened ${this.device} (${settings})`,
    );
    source.listen({
      readable: () => this.#readDevice(),
      writable: () => this.#control?.session?.writable(),
      event: (event) => this.#sourceEvent(event),
    });
    void source.closed.then((error) => this.#sourceClosed(source, error));
    this.#changed();
  }

  /** Moves what the device has into the log, unless that would make a gap where the far end can wait instead. */
  #readDevice(): void {
    const source = this.#source;
    // A reader that consumes what is appended comes back here: the loop below goes on for it.
    if (source === undefined || this.#isReading) return;
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

  #sourceClosed(source: SerialLink, error: SercliError | undefined): void {
    if (this.#source !== source) return;
    this.#readDevice();
    if (this.#device.kind === 'lingering') clearTimeout(this.#device.timer);
    this.#device = { kind: 'idle' };
    if (error !== undefined)
      this.#logger.warn({ port: this.name, device: this.device, reason: error.message }, 'device lost');
    this.#control?.session?.sourceClosed(error);
    this.#changed();
  }

  #released(control: PortControl): void {
    if (this.#control !== control) return;
    this.#control = undefined;
    this.#changed();
    if (control.session !== undefined) {
      const { name, address } = control;
      this.#logger.info(
        { port: this.name, holder: { name, address } },
        `${this.name}: detached by ${holderText(control)}`,
      );
    }
    if (this.#device.kind !== 'open' || this.#policy.keepOpen) return;
    const { source } = this.#device;
    const timer = setTimeout(() => this.#closeDevice(source), this.#policy.lingerMs);
    this.#device = { kind: 'lingering', source, timer };
  }

  #closeDevice(source: SerialLink): void {
    const closed = source.close().then(() => {
      this.#device = { kind: 'idle' };
      this.#changed();
      this.#logger.info({ port: this.name, device: this.device }, `${this.name}: closed ${this.device}`);
    });
    this.#device = { kind: 'closing', closed };
  }
}

function newEpoch(): string {
  return crypto.randomUUID();
}
