import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProgram, NetworkNamespace } from '@sercli/testkit';
import { startEmulator, type UartName, uartNames } from './emulator.ts';
import { createGuestNetwork, type GuestNetwork } from './guest-network.ts';
import { GuestProgram } from './guest-program.ts';
import { Qmp } from './qmp.ts';
import { UartEnd } from './uart-end.ts';
import { UartTrace } from './uart-trace.ts';
import { UsbAdapter } from './usb-adapter.ts';

/**
 * A small Linux machine in QEMU with serial hardware: 16550A UARTs, and USB where adapters come and go. Its files are
 * those of this machine, read-only; /tmp and /run are its own. It ends with this process, however that ends.
 */
export class Guest {
  readonly address: string;
  /** Where clients run. */
  readonly laptop: NetworkNamespace;
  /** What reached the UARTs. */
  readonly trace: UartTrace;
  readonly #qmp: Qmp;
  /** An empty folder of this machine. */
  readonly folder: string;
  readonly #network: GuestNetwork;
  readonly #emulator: ChildProgram;
  readonly #ends = new Map<UartName, UartEnd>();

  static async boot(): Promise<Guest> {
    const folder = await mkdtemp(join(tmpdir(), 'sercli-guest-'));
    const network = await createGuestNetwork();
    try {
      const emulator = await startEmulator(folder, network);
      const guest = new Guest(folder, network, emulator, await Qmp.connect(join(folder, 'qmp')));
      for (const name of uartNames) {
        guest.#ends.set(name, await UartEnd.connect(join(folder, name)));
      }
      return guest;
    } catch (error) {
      await network.close();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, network: GuestNetwork, emulator: ChildProgram, qmp: Qmp) {
    this.folder = folder;
    this.#network = network;
    this.#emulator = emulator;
    this.#qmp = qmp;
    this.address = network.guestAddress;
    this.laptop = network.laptop;
    this.trace = new UartTrace(join(folder, 'trace'));
  }

  /** The other end of a UART's cable. */
  far(name: UartName): UartEnd {
    const end = this.#ends.get(name);
    if (end === undefined) throw new Error(`the guest has no ${name}`);
    return end;
  }

  /** The far end of a UART pulls the line to a break, for as long as a character is. */
  async sendBreak(name: UartName): Promise<void> {
    await this.#qmp.execute('chardev-send-break', { id: name });
  }

  /** @throws EmulatorHung when QEMU itself has stopped */
  async answers(): Promise<void> {
    await this.#qmp.execute('query-status');
  }

  /** Meanwhile the guest's processors do nothing; its hardware goes on. */
  async whileStopped(action: () => Promise<void>): Promise<void> {
    await this.#qmp.execute('stop');
    try {
      await action();
    } finally {
      await this.#qmp.execute('cont');
    }
  }

  /** Runs a line of shell in the guest to its end and resolves to what it printed. Rejects when it fails. */
  async run(line: string): Promise<string> {
    return (await GuestProgram.start(this.laptop, this.address, line)).finished();
  }

  /** Starts a program in the guest. */
  start(commandLine: string): Promise<GuestProgram> {
    return GuestProgram.start(this.laptop, this.address, `exec ${commandLine}`);
  }

  /** A USB adapter that is not plugged in yet. */
  makeAdapter(serialNumber: string): Promise<UsbAdapter> {
    return UsbAdapter.make(this.#qmp, this.folder, serialNumber);
  }

  async writeFile(path: string, text: string): Promise<void> {
    await this.run(`echo ${Buffer.from(text).toString('base64')} | base64 -d >${path}`);
  }

  async close(): Promise<void> {
    this.#qmp.close();
    for (const end of this.#ends.values()) end.close();
    await this.#emulator.end('SIGKILL');
    await this.#network.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
