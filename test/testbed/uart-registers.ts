import type { UartEvent } from './uart-trace.ts';

// Registers and bits of the 16550A (PC16550D data sheet, table II).
const dataOrDivisorLow = 0;
const divisorHigh = 1;
const lineControl = 3;
const modemControl = 4;
const dlab = 0x80;
const breakBit = 0x40;
const stopBit = 0x04;
const parityBits = 0x38;
const parities = new Map([
  [0x08, 'odd'],
  [0x18, 'even'],
  [0x28, 'mark'],
  [0x38, 'space'],
]);
/** Of a PC's UART, with the divisor 1. */
const highestBaudRate = 115_200;

/** What writes to the registers of a 16550A do. */
export class UartRegisters {
  #lineControl = 0;
  #divisor = 0;

  /** What comes of it on the wire. */
  write(register: number, value: number): UartEvent[] {
    const setsDivisor = (this.#lineControl & dlab) !== 0;
    switch (register) {
      case dataOrDivisorLow:
        if (!setsDivisor) return [{ kind: 'byte', value }];
        this.#divisor = (this.#divisor & 0xff00) | value;
        return [];
      case divisorHigh:
        if (setsDivisor) this.#divisor = (this.#divisor & 0xff) | (value << 8);
        return [];
      case lineControl:
        return this.#controlLine(value);
      case modemControl:
        return [{ kind: 'outputs', dtr: (value & 1) !== 0, rts: (value & 2) !== 0 }];
      default:
        return [];
    }
  }

  #controlLine(value: number): UartEvent[] {
    const wasBreak = (this.#lineControl & breakBit) !== 0;
    const isBreak = (value & breakBit) !== 0;
    this.#lineControl = value;
    if (wasBreak !== isBreak) return [{ kind: 'break', isOn: isBreak }];
    if ((value & dlab) !== 0 || this.#divisor === 0) return [];
    const dataBits = 5 + (value & 3);
    return [
      {
        kind: 'settings',
        baudRate: highestBaudRate / this.#divisor,
        dataBits,
        parity: parities.get(value & parityBits) ?? 'none',
        stopBits: (value & stopBit) === 0 ? 1 : dataBits === 5 ? 1.5 : 2,
      },
    ];
  }
}
