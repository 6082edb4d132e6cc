import type { SimulatedLine, Simulation } from './simulation.ts';

/** A loop-back plug: what is sent comes back, DTR is wired to DSR and DCD, RTS to CTS. */
export class EchoPlug implements Simulation {
  readonly #line: SimulatedLine;

  constructor(line: SimulatedLine) {
    this.#line = line;
    this.outputs({ dtr: true, rts: true });
  }

  receive(byte: number): void {
    this.#line.send(Uint8Array.of(byte));
  }

  outputs({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): void {
    this.#line.setInputs({ dsr: dtr, dcd: dtr, cts: rts });
  }

  close(): void {
    // A plug has no timers.
  }
}
