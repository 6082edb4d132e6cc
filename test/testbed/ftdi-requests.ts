import type { UartEvent } from './uart-trace.ts';

// Vendor requests of an FTDI adapter (drivers/usb/serial/ftdi_sio.h of Linux); 0x40 is the request type.
const modemControl = 0x4001;
const setBaudRate = 0x4003;
const setData = 0x4004;
const baseClock = 3_000_000;
/** Eighths of a divisor, by the three bits in which the chip takes them (FT232B). */
const eighths = [0, 4, 2, 1, 3, 5, 6, 7];
const parities = ['none', 'odd', 'even', 'mark', 'space'];
const stopBits = [1, 1.5, 2];

/** What control requests to an FTDI adapter do. */
export class FtdiRequests {
  #baudRate = 0;
  #data = 0x0008;
  #dtr = false;
  #rts = false;

  /** What comes of a request on the wire. */
  take(request: number, value: number): UartEvent[] {
    switch (request) {
      case modemControl:
        // The high byte says which of the two are meant.
        if ((value & 0x100) !== 0) this.#dtr = (value & 1) !== 0;
        if ((value & 0x200) !== 0) this.#rts = (value & 2) !== 0;
        return [{ kind: 'outputs', dtr: this.#dtr, rts: this.#rts }];
      case setBaudRate:
        this.#baudRate = baudRateOf(value);
        return [this.#settings()];
      case setData:
        return this.#setData(value);
      default:
        return [];
    }
  }

  #setData(value: number): UartEvent[] {
    const wasBreak = (this.#data & 0x4000) !== 0;
    const isBreak = (value & 0x4000) !== 0;
    this.#data = value;
    return wasBreak === isBreak ? [this.#settings()] : [{ kind: 'break', isOn: isBreak }];
  }

  #settings(): UartEvent {
    return {
      kind: 'settings',
      baudRate: this.#baudRate,
      dataBits: this.#data & 0xff,
      parity: parities[(this.#data >> 8) & 7] ?? 'unknown',
      stopBits: stopBits[(this.#data >> 11) & 3] ?? Number.NaN,
    };
  }
}

function baudRateOf(value: number): number {
  // 0 and 1 stand for the two highest speeds.
  if (value === 0) return baseClock;
  if (value === 1) return 2_000_000;
  return Math.round(baseClock / ((value & 0x3fff) + (eighths[value >> 14] ?? 0) / 8));
}
