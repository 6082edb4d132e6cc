import { defaultLineSettings, type LineSettingsChange } from '@sercli/protocol';
import { type Clock, realClock } from '../devices/clock.ts';
import type { DeviceLink } from '../devices/device-link.ts';
import { BulletinBoard } from './bulletin-board.ts';
import { BoardMemory } from './bulletin-board-memory.ts';
import { EchoPlug } from './echo.ts';
import { Modem } from './modem.ts';
import type { SimulationMaker } from './simulation.ts';
import { SimulatorLink } from './simulator-link.ts';

/** The devices that can be simulated: `sim:KIND`. */
export const simulatorKinds = {
  echo: { description: 'a loop-back plug: everything that is sent comes back, and so do the modem lines' },
  modem: { description: 'a Hayes modem; dial 5550100 (ATDT5550100) for the bulletin board' },
} as const satisfies Record<string, { description: string }>;

export type SimulatorKind = keyof typeof simulatorKinds;

export function isSimulatorKind(kind: string): kind is SimulatorKind {
  return Object.hasOwn(simulatorKinds, kind);
}

export interface SimulatorOptions {
  /** The port's name; the kind if it is not given. */
  readonly name?: string;
  readonly clock?: Clock;
  /** What the bulletin board remembers; all modems of the process share one board if it is not given. */
  readonly memory?: BoardMemory;
}

const sharedMemory = new BoardMemory();

/** Opens a port with a simulated device. */
export function openSimulator(
  kind: SimulatorKind,
  settings: LineSettingsChange = {},
  { name = kind, clock = realClock, memory = sharedMemory }: SimulatorOptions = {},
): DeviceLink {
  const makers: Record<SimulatorKind, SimulationMaker> = {
    echo: (line) => new EchoPlug(line),
    modem: (line) => new Modem(line, (caller) => new BulletinBoard(caller, memory)),
  };
  return new SimulatorLink(
    { name, device: `sim:${kind}` },
    { ...defaultLineSettings, ...settings },
    clock,
    makers[kind],
  );
}
