import type { LinkEvent } from '@sercli/link';
import {
  defaultLineSettings,
  type FlushQueue,
  formatLineSettings,
  type LineSettings,
  type LineSettingsChange,
  type SercliError,
} from '@sercli/protocol';
import type { Clock } from '../devices/clock.ts';
import type { DeviceLink } from '../devices/device-link.ts';
import { type LineCounts, noLineCounts, sumOfLineCounts } from '../devices/line-counts.ts';
import type { Logger } from '../logger.ts';
import { DeviceRecovery, type DeviceState } from './device-recovery.ts';
import { LogFiller } from './log-filler.ts';
import type { LogMemory } from './log-memory.ts';
import { openDescribed } from './open-described.ts';
import type { PortDescription } from './port-description.ts';
import { PortDevice } from './port-device.ts';
import { type LogPlace, PortLog } from './port-log.ts';
import type { PortPolicy } from './port-policy.ts';

/** Who hears of a device, and says what it is wanted for. */
export interface DeviceListener {
  /** Sessions wait for a device that is lost. */
  isAwaited(): boolean;
  /** How far who controls the port has read. */
  controllerOffset(): number | undefined;
  /** Looks at the machine's devices again. */
  look(): Promise<void>;
  writable(): void;
  event(event: LinkEvent): void;
  held(isHeld: boolean): void;
  /** The device went away and may come back. */
  lost(error: SercliError): void;
  back(source: DeviceLink): void;
  /** The device is closed for good: it ended, or did not come back in time. */
  ended(error: SercliError | undefined): void;
  /** What the device is or how it is set is another than before. */
  changed(): void;
}

export interface LoggedDeviceOptions {
  readonly policy: PortPolicy;
  readonly memory: LogMemory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The device of a port, with the log of all that it sends, from one opening to the next. */
export class LoggedDevice {
  readonly log: PortLog;
  readonly #policy: PortPolicy;
  readonly #logger: Logger;
  readonly #listener: DeviceListener;
  readonly #device: PortDevice;
  readonly #filler: LogFiller;
  readonly #recovery: DeviceRecovery;
  #description: PortDescription;
  #openedAt: LogPlace;
  /** The device that was opened last, and what those before it have counted. */
  #last: DeviceLink | undefined;
  #countsBefore = noLineCounts;

  constructor(description: PortDescription, listener: DeviceListener, options: LoggedDeviceOptions) {
    const { policy, memory, clock, logger } = options;
    this.#description = description;
    this.#listener = listener;
    this.#policy = policy;
    this.#logger = logger;
    this.log = new PortLog({ capacityBytes: policy.logBytes, memory, clock });
    this.#openedAt = this.log.endPlace;
    this.#device = new PortDevice(
      {
        opened: (source) => this.#opened(source),
        lost: (source, error) => this.#lost(source, error),
        closed: () => this.#closed(),
      },
      clock,
    );
    this.#filler = new LogFiller(this.log, this.#filled(), { clock, holdMs: policy.holdMs });
    this.#recovery = new DeviceRecovery(this.#recovering(), { clock, graceMs: policy.graceMs });
  }

  get description(): PortDescription {
    return this.#description;
  }

  /** What was found out anew. */
  update(description: PortDescription): void {
    const before = this.#description;
    this.#description = description;
    const isNew = before.absence !== undefined || before.device !== description.device;
    if (isNew && description.absence === undefined) this.#recovery.seen();
  }

  /** The open device. */
  get source(): DeviceLink | undefined {
    return this.#device.source;
  }

  /** Neither open nor on its way to be. */
  get isIdle(): boolean {
    return this.#device.isIdle && this.#recovery.error === undefined;
  }

  /** Of the device, each time that it was open. */
  get lineCounts(): LineCounts {
    return sumOfLineCounts(this.#countsBefore, this.#last?.lineCounts ?? noLineCounts);
  }

  /** Where in the log the device was opened. */
  get openedAt(): LogPlace {
    return this.#openedAt;
  }

  /** Why the device is lost, while sessions wait for it. */
  get loss(): SercliError | undefined {
    return this.#recovery.error;
  }

  /** Why the device cannot be used now; one that is open can, whatever was found. */
  get absence(): PortDescription['absence'] {
    if (this.source !== undefined) return undefined;
    return (
      this.#description.absence ??
      (this.loss === undefined ? undefined : { kind: 'lost', reason: reasonOfLoss(this.loss) })
    );
  }

  /** What the line is set to when the device is opened. */
  initialSettings(change: LineSettingsChange): LineSettings {
    const { settings, isFixed } = this.#description;
    return { ...defaultLineSettings, ...settings, ...(isFixed ? {} : change) };
  }

  /** The device, and whether it was opened for this call and has the settings that it asks for. */
  async open(change: LineSettingsChange): Promise<{ readonly source: DeviceLink; readonly isNew: boolean }> {
    let isNew = false;
    const source = await this.#device.open(() => {
      isNew = true;
      return openDescribed(this.#description, this.initialSettings(change), this.#warn);
    });
    return { source, isNew };
  }

  /** Applies settings: at once, or when a lost device is back. */
  configure(source: DeviceLink, change: LineSettingsChange): Promise<LineSettings> {
    return this.#recovery.ask(source, (device) => device.configure(change));
  }

  /**
   * Discards bytes: what was received only if no other session is to read it, and what is unsent only if no other session
   * writes, for in the driver the bytes of all lie in one queue.
   */
  async flush(source: DeviceLink, queue: FlushQueue, others: { read: boolean; write: boolean }): Promise<void> {
    if (!others.read) return source.flush(queue);
    if (queue !== 'received' && !others.write) await source.flush('unsent');
    if (queue !== 'unsent') this.#filler.fillAll();
  }

  /** Who controls the port has read, or is another one. */
  controllerRead(): void {
    this.#filler.controllerRead();
  }

  /** Nobody wants the device any more. */
  leave(): void {
    this.#recovery.stop();
    this.#filler.stop();
    if (!this.#policy.keepOpen) this.#device.leave(this.#policy.lingerMs);
  }

  async close(): Promise<void> {
    this.#recovery.stop();
    this.#filler.stop();
    await this.#device.close();
    this.log.close();
  }

  #filled(): ConstructorParameters<typeof LogFiller>[1] {
    return {
      controllerOffset: () => this.#listener.controllerOffset(),
      pushesBack: (source) => this.#description.pushesBack(source.settings),
      held: (isHeld) => this.#listener.held(isHeld),
    };
  }

  #recovering(): ConstructorParameters<typeof DeviceRecovery>[0] {
    return {
      isPresent: () => this.#description.absence === undefined,
      look: () => this.#listener.look(),
      reopen: (state) => this.#reopen(state),
      failed: (error) => this.#warn(`cannot be opened again: ${error.message}`),
      expired: (error) => this.#listener.ended(error),
    };
  }

  #opened(source: DeviceLink): void {
    this.#countsBefore = this.lineCounts;
    this.#last = source;
    // What the device said while it was closed is missing.
    if (this.log.endOffset > 0) this.log.place({ kind: 'gap' });
    this.#openedAt = this.log.endPlace;
    this.#tell(`opened ${this.#description.device} (${formatLineSettings(source.settings)})`);
    if (this.loss !== undefined) {
      this.#recovery.back(source);
      this.#listener.back(source);
    }
    this.#filler.follow(source);
    source.listen({
      readable: () => this.#filler.fill(),
      writable: () => this.#listener.writable(),
      event: (event) => this.#event(event),
    });
    this.#listener.changed();
  }

  #event(event: LinkEvent): void {
    // The log counts what it has, not what is missing in it: the next byte follows the last.
    if (event.kind === 'gap') this.log.place({ kind: 'gap' });
    else if (event.kind === 'break' || event.kind === 'line-error') this.log.place(event);
    this.#listener.event(event);
  }

  #lost(source: DeviceLink, error: SercliError | undefined): void {
    // What it sent last.
    this.#filler.fill();
    if (error !== undefined) this.#logger.warn(this.#fields({ code: error.code }), this.#text(error.message));
    const mayComeBack = error?.code === 'device-lost' && this.#description.comesBack;
    if (mayComeBack && this.#listener.isAwaited()) {
      this.#recovery.begin(source, error);
      this.#listener.lost(error);
    } else {
      this.#listener.ended(error);
    }
    this.#listener.changed();
  }

  #closed(): void {
    this.#tell(`closed ${this.#description.device}`);
    this.#listener.changed();
  }

  /** Opens a lost device as it was. */
  async #reopen({ settings, outputs }: DeviceState): Promise<void> {
    await this.#device.open(() => openDescribed(this.#description, settings, this.#warn, outputs));
    if (!this.#listener.isAwaited()) this.leave();
  }

  readonly #warn = (text: string): void => this.#logger.warn(this.#fields(), this.#text(text));

  #tell(text: string): void {
    this.#logger.info(this.#fields(), this.#text(text));
  }

  #fields(more: object = {}): object {
    const { name, device } = this.#description;
    return { port: name, device, ...more };
  }

  #text(text: string): string {
    return `${this.#description.name}: ${text}`;
  }
}

export function reasonOfLoss(error: SercliError): string {
  return 'reason' in error.fields ? String(error.fields.reason) : error.message;
}
