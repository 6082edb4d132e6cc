import type { LineSettings, ModemInputs, ModemOutputs } from '@sercli/protocol';
import type { Clock } from '../devices/clock.ts';

/** The line that a simulated device is connected to. */
export interface SimulatedLine {
  readonly clock: Clock;
  /** The settings of the port, which the device follows. */
  readonly settings: LineSettings;
  /** Sends at the speed of the line. */
  send(bytes: Uint8Array): void;
  setInputs(inputs: Partial<ModemInputs>): void;
}

/** A device that exists in software only. It does no I/O, takes its time from the line's clock and never throws. */
export interface Simulation {
  /** One byte came over the line. Not called while much of what was sent is still under way. */
  receive(byte: number): void;
  /** The port's outputs changed. */
  outputs(outputs: ModemOutputs): void;
  /** The port is closed: stops all timers. */
  close(): void;
}

export type SimulationMaker = (line: SimulatedLine) => Simulation;
