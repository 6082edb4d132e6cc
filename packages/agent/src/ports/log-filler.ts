import type { SerialLink } from '@sercli/link';
import type { Clock } from '../devices/clock.ts';
import type { PortLog } from './port-log.ts';

/** Bytes moved from the device to the log at a time. */
const chunkBytes = 65_536;

/** Room in the log that a held device leaves: what it sent last, when it goes, must not cost a reader a gap. */
const reservedBytes = 65_536;

/** What the filling of a log has to know of its port. */
export interface FilledPort {
  /** How far who controls the port has read; the device is held back for nobody else. */
  controllerOffset(): number | undefined;
  /** Whether the far end of the device waits when it is not read: nothing is lost by it. */
  pushesBack(source: SerialLink): boolean;
  /** Bytes of the device wait, because who controls the port reads late; or no longer. */
  held(isHeld: boolean): void;
}

type Hold =
  | { readonly kind: 'armed' }
  | { readonly kind: 'held'; readonly stopWaiting: () => void }
  /** Who controls the port has read nothing for too long: until it reads, nothing waits for it. */
  | { readonly kind: 'overdue' };

/**
 * Moves what a device has received into the log of its port, unless that would make a gap for who controls the port
 * where the far end can be made to wait.
 */
export class LogFiller {
  readonly #log: PortLog;
  readonly #port: FilledPort;
  readonly #clock: Clock;
  readonly #holdMs: number;
  /** A device that is held back is let go when there is this much room again, so that it is not told for each byte. */
  readonly #releaseBytes: number;
  readonly #reservedBytes: number;
  #source: SerialLink | undefined;
  #hold: Hold = { kind: 'armed' };
  #isMoving = false;

  constructor(log: PortLog, port: FilledPort, { clock, holdMs }: { clock: Clock; holdMs: number }) {
    this.#log = log;
    this.#port = port;
    this.#clock = clock;
    this.#holdMs = holdMs;
    this.#releaseBytes = log.capacityBytes / 4;
    this.#reservedBytes = Math.min(reservedBytes, log.capacityBytes / 4);
  }

  /** The device that was opened last; of one that is gone, the last bytes are still to be moved. */
  follow(source: SerialLink): void {
    this.#source = source;
  }

  /** Moves what the device has, as far as it need not wait. */
  fill(): void {
    this.#move(false);
    this.#holdOrRelease();
  }

  /** Moves what the device has, whoever has not read yet. */
  fillAll(): void {
    this.#move(true);
  }

  /** Who controls the port has read, or is another one: the device waits for it again. */
  controllerRead(): void {
    if (this.#hold.kind === 'overdue') this.#hold = { kind: 'armed' };
    else if (this.#hold.kind === 'held') this.#waitAgain(this.#hold.stopWaiting);
    this.fill();
  }

  stop(): void {
    if (this.#hold.kind === 'held') this.#hold.stopWaiting();
    this.#hold = { kind: 'armed' };
  }

  #move(overtakesReaders: boolean): void {
    const source = this.#source;
    // A reader that consumes what is appended comes back here: the loop below goes on for it.
    if (source === undefined || this.#isMoving) return;
    this.#isMoving = true;
    for (;;) {
      const bytes = source.peek(overtakesReaders ? chunkBytes : Math.min(this.#room, chunkBytes));
      if (bytes.length === 0) break;
      this.#log.append(bytes);
      source.consume(bytes.length);
    }
    this.#isMoving = false;
  }

  /** Bytes that may come before the device has to wait. */
  get #room(): number {
    const source = this.#source;
    const controllerOffset = this.#port.controllerOffset();
    const canHold = source?.state.kind === 'up' && this.#port.pushesBack(source);
    if (!canHold || controllerOffset === undefined || this.#hold.kind === 'overdue') return Number.POSITIVE_INFINITY;
    const lag = this.#log.endOffset - controllerOffset;
    return Math.max(0, this.#log.capacityBytes - this.#reservedBytes - lag);
  }

  #holdOrRelease(): void {
    const room = this.#room;
    if (this.#hold.kind === 'held' && room >= this.#releaseBytes) {
      this.stop();
      this.#port.held(false);
    } else if (this.#hold.kind === 'armed' && room === 0 && (this.#source?.peek(1).length ?? 0) > 0) {
      this.#waitAgain();
      this.#port.held(true);
    }
  }

  #waitAgain(stopWaiting: () => void = () => undefined): void {
    stopWaiting();
    this.#hold = { kind: 'held', stopWaiting: this.#clock.after(this.#holdMs, () => this.#waitedEnough()) };
  }

  #waitedEnough(): void {
    this.#hold = { kind: 'overdue' };
    this.#port.held(false);
    this.fill();
  }
}
