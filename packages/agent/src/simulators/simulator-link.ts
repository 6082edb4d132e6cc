import type { LinkInfo } from '@sercli/link';
import type { LineSettings, LineSettingsChange, ModemLines, SequenceStep } from '@sercli/protocol';
import { noModemLines } from '@sercli/protocol';
import type { Clock } from '../devices/clock.ts';
import { LocalLink, receiveQueueBytes } from '../devices/local-link.ts';
import { PacedBytes } from './paced-bytes.ts';
import type { SimulatedLine, Simulation, SimulationMaker } from './simulation.ts';

/** What the driver of a real UART keeps for sending (Linux: UART_XMIT_SIZE, one page). */
const transmitBytes = 4096;
/** A device whose answers fill this much of the line is given no further byte until some have been received. */
const answerBytes = 8192;

/** DTR and RTS as the kernel raises them when a port is opened. */
const openingLines: ModemLines = { ...noModemLines, dtr: true, rts: true };

/** A port whose device is simulated: bytes take their time on the line, in both directions. */
export class SimulatorLink extends LocalLink {
  readonly #toDevice: PacedBytes;
  readonly #fromDevice: PacedBytes;
  readonly #simulation: Simulation;

  constructor(info: LinkInfo, settings: LineSettings, clock: Clock, make: SimulationMaker) {
    super({ info, settings, clock, lines: openingLines });
    const characterMs = (): number => this.characterMs;
    this.#toDevice = new PacedBytes(clock, characterMs, (bytes) => this.#arriveAtDevice(bytes));
    this.#fromDevice = new PacedBytes(clock, characterMs, (bytes) => this.#arriveHere(bytes));
    this.#simulation = make(this.#line());
  }

  #line(): SimulatedLine {
    const settings = (): LineSettings => this.settings;
    return {
      clock: this.clock,
      get settings() {
        return settings();
      },
      send: (bytes) => this.#fromDevice.put(bytes),
      setInputs: (inputs) => this.inputsAre({ ...this.lines, ...inputs }),
    };
  }

  #arriveAtDevice(bytes: Uint8Array): number {
    let taken = 0;
    for (const byte of bytes) {
      if (this.#fromDevice.length >= answerBytes) break;
      this.#simulation.receive(byte);
      taken += 1;
    }
    // The room is there once this returns.
    if (taken > 0) queueMicrotask(() => this.roomAgain());
    return taken;
  }

  #arriveHere(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, Math.max(0, receiveQueueBytes - this.received.queuedBytes));
    this.received.push(bytes.subarray(0, taken));
    this.#toDevice.retry();
    return taken;
  }

  protected override take(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, transmitBytes - this.#toDevice.length);
    this.#toDevice.put(bytes.subarray(0, taken));
    return taken;
  }

  protected override unsentBytes(): number {
    return this.#toDevice.length;
  }

  protected override applySettings(change: LineSettingsChange): LineSettings {
    return { ...this.settings, ...change };
  }

  protected override applyStep(step: SequenceStep): ModemLines {
    const { dtr = this.lines.dtr, rts = this.lines.rts } = step;
    this.#simulation.outputs({ dtr, rts });
    return { ...this.lines, dtr, rts };
  }

  protected override discardReceived(): void {
    this.received.discard();
  }

  protected override discardUnsent(): void {
    this.#toDevice.clear();
  }

  protected override resumeReceiving(): void {
    this.#fromDevice.retry();
  }

  protected override async release(): Promise<void> {
    this.#simulation.close();
    this.#toDevice.stop();
    this.#fromDevice.stop();
  }
}
