import type { Guest } from './guest.ts';
import { type GuestProgram, patienceMs } from './guest-program.ts';

/** A control request to a device. */
export interface UsbRequest {
  readonly value: number;
  readonly index: number;
  readonly data: Uint8Array;
}

/** What is asked of serial devices: bmRequestType and bRequest, as usbmon writes them. */
const requests = {
  // Universal Serial Bus Class Definitions for Communications Devices, PSTN subclass 1.2, table 13.
  setLineCoding: '21 20',
  setControlLineState: '21 22',
  sendBreak: '21 23',
  // drivers/usb/serial/ftdi_sio.h of Linux.
  setFlowControl: '40 02',
  setLatencyTimer: '40 09',
} as const;

/**
 * What the guest's drivers ask of USB devices, as its host controllers were given it (Documentation/usb/usbmon.rst of
 * Linux): QEMU traces neither gadgets nor all of a request.
 */
export class UsbMonitor {
  readonly #program: GuestProgram;

  static async start(guest: Guest): Promise<UsbMonitor> {
    await guest.run('grep -q debugfs /proc/mounts || mount -t debugfs debugfs /sys/kernel/debug');
    const program = await guest.start("grep --line-buffered ' S Co:' /sys/kernel/debug/usb/usbmon/0u");
    // What comes before it has opened the file is not in it.
    await guest.run('until ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q usbmon/0u; do :; done');
    return new UsbMonitor(program);
  }

  private constructor(program: GuestProgram) {
    this.#program = program;
  }

  /** The next request of a kind behind the one that was asked for last: this waits for it, and passes over others. */
  async next(kind: keyof typeof requests): Promise<UsbRequest> {
    const [, value = '', index = '', data = ''] = await this.#program.output.waitFor(
      new RegExp(` s ${requests[kind]} (\\w{4}) (\\w{4}) \\w{4} \\d+(?: = ([\\w ]+))?\n`),
      patienceMs,
    );
    return {
      value: Number.parseInt(value, 16),
      index: Number.parseInt(index, 16),
      data: Buffer.from(data.replaceAll(' ', ''), 'hex'),
    };
  }

  async close(): Promise<void> {
    await this.#program.end('KILL');
  }
}

const parities = ['none', 'odd', 'even', 'mark', 'space'];
const stopBits = [1, 1.5, 2];

/** Reads the line coding of a CDC device (PSTN subclass 1.2, table 17). */
export function decodeLineCoding({ data }: UsbRequest) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    baudRate: view.getUint32(0, true),
    stopBits: stopBits[view.getUint8(4)],
    parity: parities[view.getUint8(5)],
    dataBits: view.getUint8(6),
  };
}
