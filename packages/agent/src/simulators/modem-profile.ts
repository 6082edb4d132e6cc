/** The S registers that the modem acts on; the others only keep their values. */
export const registers = {
  ringsToAnswer: 0,
  ringCount: 1,
  escapeCharacter: 2,
  carriageReturn: 3,
  lineFeed: 4,
  backspace: 5,
  dialToneSeconds: 6,
  carrierSeconds: 7,
  commaSeconds: 8,
  guardTime: 12,
} as const;

const factoryRegisters = [0, 0, 43, 13, 10, 8, 2, 50, 2, 6, 14, 95, 50] as const;
/** S0 to S99: what a modem of the nineties had. */
const registerCount = 100;

/** Letter commands whose parameter is a setting: the values each allows, and the one from the factory. */
const switches = {
  E: { highest: 1, factory: 1 },
  L: { highest: 3, factory: 1 },
  M: { highest: 3, factory: 1 },
  Q: { highest: 1, factory: 0 },
  V: { highest: 1, factory: 1 },
  X: { highest: 4, factory: 4 },
  '&C': { highest: 1, factory: 1 },
  '&D': { highest: 3, factory: 2 },
  '&K': { highest: 6, factory: 3 },
  '&S': { highest: 1, factory: 0 },
} as const;

export type SwitchName = keyof typeof switches;
const switchNames = Object.keys(switches) as SwitchName[];

export function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(switches, name);
}

/** The settings of the modem that AT commands change; ATZ and AT&F bring them back. */
export class ModemProfile {
  readonly #switches = new Map<SwitchName, number>();
  readonly #registers = new Uint8Array(registerCount);

  constructor() {
    this.reset();
  }

  /** AT&F. */
  reset(): void {
    for (const name of switchNames) this.#switches.set(name, switches[name].factory);
    this.#registers.fill(0);
    this.#registers.set(factoryRegisters);
  }

  /** AT&W and ATZ: takes over everything from `other`. */
  copy(other: ModemProfile): void {
    for (const [name, value] of other.#switches) this.#switches.set(name, value);
    this.#registers.set(other.#registers);
  }

  switch(name: SwitchName): number {
    return this.#switches.get(name) ?? switches[name].factory;
  }

  /** False when the modem has no such setting. */
  setSwitch(name: SwitchName, value: number): boolean {
    if (value > switches[name].highest) return false;
    this.#switches.set(name, value);
    return true;
  }

  register(number: number): number {
    return this.#registers[number] ?? 0;
  }

  hasRegister(number: number): boolean {
    return number < registerCount;
  }

  setRegister(number: number, value: number): boolean {
    if (!this.hasRegister(number) || value > 255) return false;
    this.#registers[number] = value;
    return true;
  }

  /** AT&V. */
  describe(): string[] {
    const words = switchNames.map((name) => `${name}${this.switch(name)}`).join(' ');
    const numbers = factoryRegisters.map((_, number) => `S${String(number).padStart(2, '0')}:${this.#digits(number)}`);
    return ['ACTIVE PROFILE:', words, numbers.slice(0, 7).join(' '), numbers.slice(7).join(' ')];
  }

  /** ATSn?: three digits. */
  #digits(number: number): string {
    return registerDigits(this.register(number));
  }
}

export function registerDigits(value: number): string {
  return String(value).padStart(3, '0');
}
