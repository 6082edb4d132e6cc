import type { SercliError } from '@sercli/protocol';
import type { Clock } from '../devices/clock.ts';
import type { DeviceLink } from '../devices/device-link.ts';

export interface PortDeviceOwner {
  /** The device was opened just now, and nothing has been read of it. */
  opened(source: DeviceLink): void;
  /** The device went away by itself; what it sent last is still to be read. */
  lost(source: DeviceLink, error: SercliError | undefined): void;
  /** The device was closed because nobody wanted it. */
  closed(): void;
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly opened: Promise<DeviceLink> }
  | { readonly kind: 'open'; readonly source: DeviceLink }
  | { readonly kind: 'lingering'; readonly source: DeviceLink; readonly stopWaiting: () => void }
  /** What was written is still on its way out. */
  | { readonly kind: 'closing'; readonly closed: Promise<void> };

/** The device of a port: opened when somebody wants it, closed some time after nobody does, one at a time. */
export class PortDevice {
  readonly #owner: PortDeviceOwner;
  readonly #clock: Clock;
  #state: State = { kind: 'idle' };

  constructor(owner: PortDeviceOwner, clock: Clock) {
    this.#owner = owner;
    this.#clock = clock;
  }

  /** The open device. */
  get source(): DeviceLink | undefined {
    return this.#state.kind === 'open' || this.#state.kind === 'lingering' ? this.#state.source : undefined;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  /** The device that is open already, or else what `opener` opens, once one that is being closed has been. */
  async open(opener: () => Promise<DeviceLink>): Promise<DeviceLink> {
    if (this.#state.kind === 'closing') await this.#state.closed;
    switch (this.#state.kind) {
      case 'open':
        return this.#state.source;
      case 'lingering':
        this.#state.stopWaiting();
        this.#state = { kind: 'open', source: this.#state.source };
        return this.#state.source;
      case 'opening':
        return this.#state.opened;
      case 'closing':
      case 'idle': {
        const opened = this.#openIdle(opener);
        this.#state = { kind: 'opening', opened };
        return opened;
      }
      default:
        return this.#state satisfies never;
    }
  }

  /** Nobody wants the device any more: it is closed `lingerMs` from now. */
  leave(lingerMs: number): void {
    if (this.#state.kind !== 'open') return;
    const { source } = this.#state;
    const stopWaiting = this.#clock.after(lingerMs, () => this.#closeSource(source));
    this.#state = { kind: 'lingering', source, stopWaiting };
  }

  /** Closes the device now. */
  async close(): Promise<void> {
    // One that cannot be opened is closed as well.
    if (this.#state.kind === 'opening') await this.#state.opened.catch(() => undefined);
    if (this.#state.kind === 'lingering') this.#state.stopWaiting();
    if (this.source !== undefined) this.#closeSource(this.source);
    if (this.#state.kind === 'closing') await this.#state.closed;
  }

  async #openIdle(opener: () => Promise<DeviceLink>): Promise<DeviceLink> {
    try {
      const source = await opener();
      this.#state = { kind: 'open', source };
      this.#owner.opened(source);
      void source.closed.then((error) => this.#sourceClosed(source, error));
      return source;
    } catch (error) {
      this.#state = { kind: 'idle' };
      throw error;
    }
  }

  #sourceClosed(source: DeviceLink, error: SercliError | undefined): void {
    if (this.source !== source) return;
    if (this.#state.kind === 'lingering') this.#state.stopWaiting();
    this.#state = { kind: 'idle' };
    this.#owner.lost(source, error);
  }

  #closeSource(source: DeviceLink): void {
    const closed = source.close().then(() => {
      this.#state = { kind: 'idle' };
      this.#owner.closed();
    });
    this.#state = { kind: 'closing', closed };
  }
}
