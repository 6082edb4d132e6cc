import { readFileSync } from 'node:fs';
import type { ModemOutputs } from '@sercli/protocol';
import { FtdiRequests } from './ftdi-requests.ts';
import { UartRegisters } from './uart-registers.ts';

/** What reached a serial device. */
export type UartEvent =
  | { readonly kind: 'byte'; readonly value: number }
  | {
      readonly kind: 'settings';
      readonly baudRate: number;
      readonly dataBits: number;
      readonly parity: string;
      readonly stopBits: number;
    }
  | { readonly kind: 'break'; readonly isOn: boolean }
  | { readonly kind: 'outputs'; readonly dtr: boolean; readonly rts: boolean };

/** With the time of this machine, in milliseconds. */
export type TracedEvent = UartEvent & { readonly atMs: number };

export interface TracedOutputs extends ModemOutputs {
  readonly atMs: number;
}

/** `PID@SECONDS:EVENT ...`, then a register or a request, and its value. */
const tracedLine =
  /@([\d.]+):(serial_write|usb_serial_handle_control) .*?(?:addr|control) 0x(\w+),? val(?:ue)? 0x(\w+)/;

/**
 * The trace that QEMU writes of its serial devices. It does not say which of them a line is about: a test that looks at
 * it uses one port at a time.
 */
export class UartTrace {
  /** QEMU's names of what has to be traced. */
  static readonly events = ['serial_write', 'usb_serial_handle_control'] as const;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The end of the trace as it is now. */
  mark(): number {
    return this.#lines().length;
  }

  /** What reached the devices behind a mark. */
  since(mark: number): readonly TracedEvent[] {
    const uart = new UartRegisters();
    const adapter = new FtdiRequests();
    return this.#lines().flatMap((line, index) => {
      const [, time, device, where, value] = tracedLine.exec(line) ?? [];
      if (where === undefined || value === undefined) return [];
      const numbers = [Number.parseInt(where, 16), Number.parseInt(value, 16)] as const;
      const events = device === 'serial_write' ? uart.write(...numbers) : adapter.take(...numbers);
      return index < mark ? [] : events.map((event) => ({ ...event, atMs: Number(time) * 1000 }));
    });
  }

  /** The last settings behind a mark: the driver writes register by register, and only the last is what it wants. */
  settingsSince(mark: number): Omit<Extract<UartEvent, { kind: 'settings' }>, 'kind'> | undefined {
    const all = this.since(mark).flatMap((event) => (event.kind === 'settings' ? [event] : []));
    const last = all.at(-1);
    if (last === undefined) return undefined;
    const { baudRate, dataBits, parity, stopBits } = last;
    return { baudRate, dataBits, parity, stopBits };
  }

  /** How the outputs changed behind a mark. */
  outputsSince(mark: number): readonly TracedOutputs[] {
    const before = this.since(0).length - this.since(mark).length;
    let last = '';
    return this.since(0).flatMap((event, index) => {
      if (event.kind !== 'outputs') return [];
      const { dtr, rts, atMs } = event;
      const isChange = `${dtr} ${rts}` !== last;
      last = `${dtr} ${rts}`;
      return isChange && index >= before ? [{ dtr, rts, atMs }] : [];
    });
  }

  #lines(): string[] {
    return readFileSync(this.#path, 'latin1').split('\n').slice(0, -1);
  }
}
