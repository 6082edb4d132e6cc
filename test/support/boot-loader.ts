/** What a boot loader is asked for: the STK500 protocol, version 1 (Atmel's application note AVR061), as optiboot has it. */
const commands = {
  getSync: 0x30,
  getParameter: 0x41,
  setDevice: 0x42,
  setDeviceExtended: 0x45,
  enterProgramming: 0x50,
  leaveProgramming: 0x51,
  loadAddress: 0x55,
  universal: 0x56,
  programPage: 0x64,
  readPage: 0x74,
  readSignature: 0x75,
} as const;
const [inSync, ok, endOfCommand] = [0x14, 0x10, 0x20];

/** Bytes behind a command's first, without those of a page and the end of the command. */
const argumentBytes: Readonly<Record<number, number>> = {
  [commands.getSync]: 0,
  [commands.getParameter]: 1,
  [commands.setDevice]: 20,
  [commands.setDeviceExtended]: 5,
  [commands.enterProgramming]: 0,
  [commands.leaveProgramming]: 0,
  [commands.loadAddress]: 2,
  [commands.universal]: 4,
  [commands.programPage]: 3,
  [commands.readPage]: 3,
  [commands.readSignature]: 0,
};

const versionParameters: Readonly<Record<number, number>> = { 129: 8, 130: 0 };
const atmega328p = [0x1e, 0x95, 0x0f];

/** The boot loader of an Arduino with an ATmega328P: its memory can be written and read over the line. */
export class BootLoader {
  readonly memory: Uint8Array = new Uint8Array(32_768).fill(0xff);
  /** How often somebody has finished with it. */
  programmings = 0;
  #received: number[] = [];
  #address = 0;

  /** What it answers; what it does not know, it leaves without an answer. */
  take(bytes: Uint8Array): Uint8Array {
    this.#received.push(...bytes);
    const answers: number[] = [];
    for (let length = this.#commandLength(); length !== undefined; length = this.#commandLength()) {
      const command = this.#received.splice(0, length);
      if (command.at(-1) === endOfCommand) answers.push(inSync, ...this.#execute(command), ok);
    }
    return Uint8Array.from(answers);
  }

  /** Of the first command, once all of it is there. */
  #commandLength(): number | undefined {
    const [command, high = 0, low = 0] = this.#received;
    if (command === undefined) return undefined;
    const pageBytes = command === commands.programPage ? high * 256 + low : 0;
    const length = 1 + (argumentBytes[command] ?? 0) + pageBytes + 1;
    return this.#received.length < length ? undefined : length;
  }

  #execute([command, first = 0, second = 0, , ...rest]: readonly number[]): ArrayLike<number> & Iterable<number> {
    switch (command) {
      case commands.getParameter:
        return [versionParameters[first] ?? 3];
      case commands.universal:
        return [0];
      case commands.readSignature:
        return atmega328p;
      case commands.loadAddress:
        // Little-endian, in words of two bytes; the lengths of pages are big-endian, in bytes.
        this.#address = (first + second * 256) * 2;
        return [];
      case commands.programPage:
        this.memory.set(rest.slice(0, -1), this.#address);
        return [];
      case commands.readPage:
        return this.memory.subarray(this.#address, this.#address + first * 256 + second);
      case commands.leaveProgramming:
        this.programmings += 1;
        return [];
      default:
        return [];
    }
  }
}
