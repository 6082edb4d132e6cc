import type { SerialLink } from '../serial-link.ts';
import type { SessionClock } from './session-clock.ts';

/** Something to be done when every byte before it has been handed to the device's driver. Must not reject. */
type Action = () => Promise<void>;

/** Above this nothing more is taken from the client, so that TCP holds it. */
const fullBytes = 65_536;
/** Each is a command of the client. */
const fullActions = 256;
/** So many are begun before the first has ended: a thousand breaks of one client would be the port's for minutes. */
const actionsUnderWay = 16;
/** A pace is kept in portions of so many milliseconds: one timer a byte would be too many at high rates. */
const paceMs = 20;

export interface DeviceQueueOptions {
  readonly link: SerialLink;
  readonly clock: SessionClock;
  readonly bytesPerSecond?: number | undefined;
  /** Something was taken: there may be room again. */
  progressed(): void;
}

/** What a client sent and the link has not taken yet: bytes and actions, in the order they came. */
export class DeviceQueue {
  readonly #options: DeviceQueueOptions;
  readonly #entries: (Uint8Array | Action)[] = [];
  #bytes = 0;
  #actions = 0;
  #underWay = 0;
  #refusedBytes = 0;
  /** Bytes that the pace lets through now; a pause saves up for one portion only. */
  #allowance: number;
  #allowedAt: number;
  #cancelPause: (() => void) | undefined;
  #isRunning = false;

  constructor(options: DeviceQueueOptions) {
    this.#options = options;
    this.#allowance = this.#portion;
    this.#allowedAt = options.clock.now();
  }

  get isFull(): boolean {
    return this.#bytes >= fullBytes || this.#actions >= fullActions;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get queuedBytes(): number {
    return this.#bytes;
  }

  /** Bytes that went nowhere, because somebody else controls the port. */
  get refusedBytes(): number {
    return this.#refusedBytes;
  }

  /** The memory of `bytes` must not change until they are taken. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#entries.push(bytes);
    this.#bytes += bytes.length;
    this.run();
  }

  act(action: Action): void {
    this.#entries.push(action);
    this.#actions += 1;
    this.run();
  }

  /** Discards the bytes that wait, and none of the actions; says how many they were. */
  discardBytes(): number {
    const discarded = this.#bytes;
    const actions = this.#entries.filter((entry) => typeof entry === 'function');
    this.#entries.splice(0, this.#entries.length, ...actions);
    this.#bytes = 0;
    return discarded;
  }

  /** Hands on as much as the link takes now. */
  run(): void {
    // An action may let the link call back.
    if (this.#isRunning) return;
    this.#isRunning = true;
    let hasProgressed = false;
    while (this.#next()) hasProgressed = true;
    this.#isRunning = false;
    if (hasProgressed) this.#options.progressed();
  }

  stop(): void {
    this.#cancelPause?.();
    this.#entries.length = 0;
    this.#bytes = 0;
    this.#actions = 0;
  }

  /** @returns whether anything was taken, so that it is worth going on */
  #next(): boolean {
    const entry = this.#entries[0];
    if (entry === undefined) return false;
    if (typeof entry === 'function') return this.#begin(entry);
    const taken = this.#give(entry);
    this.#bytes -= taken;
    if (taken === entry.length) this.#entries.shift();
    else this.#entries[0] = entry.subarray(taken);
    return taken > 0;
  }

  #begin(action: Action): boolean {
    if (this.#underWay >= actionsUnderWay) return false;
    this.#entries.shift();
    this.#actions -= 1;
    this.#underWay += 1;
    void action().finally(() => {
      this.#underWay -= 1;
      this.run();
    });
    return true;
  }

  #give(bytes: Uint8Array): number {
    const { link } = this.#options;
    if (!link.hasControl) {
      this.#refusedBytes += bytes.length;
      return bytes.length;
    }
    const allowed = this.#allowed();
    if (allowed === 0) return 0;
    const taken = link.write(bytes.subarray(0, allowed));
    this.#allowance -= taken;
    return taken;
  }

  get #portion(): number {
    const { bytesPerSecond } = this.#options;
    return bytesPerSecond === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor((bytesPerSecond * paceMs) / 1000));
  }

  /** Bytes that may be written now; where there are none, `run` is called again when there are. */
  #allowed(): number {
    const { clock, bytesPerSecond } = this.#options;
    if (bytesPerSecond === undefined) return Number.POSITIVE_INFINITY;
    const now = clock.now();
    this.#allowance = Math.min(this.#portion, this.#allowance + ((now - this.#allowedAt) * bytesPerSecond) / 1000);
    this.#allowedAt = now;
    if (this.#allowance >= 1) return Math.floor(this.#allowance);
    if (this.#cancelPause === undefined) {
      const missingMs = ((this.#portion - this.#allowance) * 1000) / bytesPerSecond;
      this.#cancelPause = clock.after(missingMs, () => {
        this.#cancelPause = undefined;
        this.run();
      });
    }
    return 0;
  }
}
