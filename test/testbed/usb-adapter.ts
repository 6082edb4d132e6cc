import { join } from 'node:path';
import type { Qmp } from './qmp.ts';
import { UartEnd } from './uart-end.ts';

/** A serial adapter with an FTDI chip, to be plugged into the guest's USB and pulled out again. */
export class UsbAdapter {
  /** The other end of its cable, which is there all the time. */
  readonly far: UartEnd;
  readonly #qmp: Qmp;
  readonly #serialNumber: string;

  static async make(qmp: Qmp, folder: string, serialNumber: string): Promise<UsbAdapter> {
    const path = join(folder, `usb-${serialNumber}`);
    const data = { addr: { type: 'unix', data: { path } }, server: true, wait: false };
    await qmp.execute('chardev-add', { id: chardevOf(serialNumber), backend: { type: 'socket', data } });
    return new UsbAdapter(qmp, serialNumber, await UartEnd.connect(path));
  }

  private constructor(qmp: Qmp, serialNumber: string, far: UartEnd) {
    this.#qmp = qmp;
    this.#serialNumber = serialNumber;
    this.far = far;
  }

  /** Resolves when it is plugged in; the guest's driver takes a while to find it. */
  async plug(): Promise<void> {
    const id = this.#serialNumber;
    await this.#qmp.execute('device_add', {
      driver: 'usb-serial',
      bus: 'xhci.0',
      id,
      serial: id,
      chardev: chardevOf(id),
    });
  }

  /** Resolves when it is out. */
  async unplug(): Promise<void> {
    const isOut = this.#qmp.nextEvent('DEVICE_DELETED');
    await this.#qmp.execute('device_del', { id: this.#serialNumber });
    await isOut;
  }
}

function chardevOf(serialNumber: string): string {
  return `cable-${serialNumber}`;
}
