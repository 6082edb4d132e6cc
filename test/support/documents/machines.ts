import { lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprintOf, fullFingerprintOf, loadIdentity } from '@sercli/link';
import { ChildProgram, createNetworkPair, type NetworkNamespace, TerminalProgram } from '@sercli/testkit';
import { BootLoader } from '../boot-loader.ts';
import { PtyDevice } from '../pty-device.ts';
import { sercliProgram } from '../sercli-program.ts';
import { until } from '../until.ts';
import type { MachineName } from './block-rules.ts';

const makeMachine = fileURLToPath(new URL('machine.sh', import.meta.url));

/** As the documents have them. */
const addresses: Readonly<Record<MachineName, string>> = { SerialMachine: '192.168.1.7', laptop: '192.168.1.20' };

/** The serial ports of SerialMachine: ttyACM0 has an Arduino, the others a loop-back plug. */
const deviceNames = ['ttyS0', 'ttyUSB0', 'ttyACM0'];

/** Standard error comes where standard output does, as on a terminal. */
const atHome = 'exec 2>&1; cd "$HOME"\n';

/** A machine as the documents speak of it: its name, its serial ports and its /etc, and somebody who may do everything there. */
export class DocumentedMachine {
  readonly name: MachineName;
  readonly home: string;
  readonly #holder: ChildProgram;
  readonly #environment: Readonly<Record<string, string>>;

  static async make(
    name: MachineName,
    place: { readonly namespace: NetworkNamespace; readonly folder: string; readonly devices: readonly string[] },
  ): Promise<DocumentedMachine> {
    const { namespace, devices } = place;
    const folder = join(place.folder, name);
    const programs = join(folder, 'programs');
    await mkdir(programs, { recursive: true });
    await mkdir(join(folder, 'home', '.run'), { recursive: true, mode: 0o700 });
    await writeFile(join(programs, 'sercli'), `#!/bin/sh\nexec ${process.execPath} ${sercliProgram} "$@"\n`, {
      mode: 0o755,
    });
    // Who tests is root already.
    await writeFile(join(programs, 'sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    const args = ['--mount', '--uts', '--propagation', 'private', 'sh', makeMachine, name, addresses[name], folder];
    const hosts = join(place.folder, 'hosts');
    const holder = await ChildProgram.start('unshare', [...args, hosts, ...devices], { namespace });
    await holder.stdout.waitFor(/ready/);
    return new DocumentedMachine(name, folder, holder);
  }

  private constructor(name: MachineName, folder: string, holder: ChildProgram) {
    this.name = name;
    this.home = join(folder, 'home');
    this.#holder = holder;
    this.#environment = {
      PATH: `${join(folder, 'programs')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: this.home,
      XDG_RUNTIME_DIR: join(this.home, '.run'),
      XDG_CONFIG_HOME: '',
      XDG_STATE_HOME: '',
      TERM: 'xterm',
      LANG: 'C.UTF-8',
    };
  }

  /** The fingerprint of the user's key, as people compare it and in full. */
  async fingerprints(): Promise<readonly [string, string]> {
    const { cert } = await loadIdentity(join(this.home, '.local', 'state', 'sercli'));
    return [fingerprintOf(cert), fullFingerprintOf(cert)];
  }

  run(line: string): Promise<ChildProgram> {
    return ChildProgram.start('nsenter', this.#entering(line), { environment: this.#environment });
  }

  /** Runs a single program, perhaps with variables before it: it takes the place of the shell, so signals reach it. */
  start(line: string): Promise<ChildProgram> {
    return this.run(`exec env ${line}`);
  }

  startOnTerminal(line: string): TerminalProgram {
    return new TerminalProgram('nsenter', this.#entering(`exec env ${line}`), { environment: this.#environment });
  }

  /** Resolves when there is something at a path in the user's home, as $HOME/dev/ttyV0. */
  async has(path: string): Promise<void> {
    const place = path.replace('$HOME', this.home);
    await until(`${place} is there`, async () => {
      try {
        await lstat(place);
        return true;
      } catch {
        return false;
      }
    });
  }

  async close(): Promise<void> {
    await this.#holder.end('SIGKILL');
  }

  #entering(line: string): string[] {
    const pid = String(this.#holder.pid);
    return ['--target', pid, '--mount', '--uts', '--net', 'sh', '-c', `${atHome}${line}`];
  }
}

/** The two machines that all documents speak of, on one network. */
export class DocumentedMachines {
  readonly machines: Readonly<Record<MachineName, DocumentedMachine>>;
  readonly #close: () => Promise<void>;

  static async make(): Promise<DocumentedMachines> {
    const network = await createNetworkPair();
    const folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    const names = `${addresses.SerialMachine} SerialMachine serial.example.org`;
    await writeFile(join(folder, 'hosts'), `127.0.0.1 localhost\n${names}\n`);
    const devices = deviceNames.map((name) => ({ name, device: new PtyDevice() }));
    for (const { name, device } of devices) {
      const board = new BootLoader();
      if (name === 'ttyACM0') device.answer((bytes) => board.take(bytes));
      else device.echo();
    }
    const SerialMachine = await DocumentedMachine.make('SerialMachine', {
      namespace: network.left,
      folder,
      devices: devices.map(({ name, device }) => `${name}=${device.path}`),
    });
    const laptop = await DocumentedMachine.make('laptop', { namespace: network.right, folder, devices: [] });
    for (const namespace of [network.left, network.right]) {
      const state = (): Promise<string> => namespace.execute('cat', ['/sys/class/net/eth0/operstate']);
      await until(`the network of ${namespace.name} is up`, async () => (await state()).trim() === 'up');
    }
    return new DocumentedMachines({ SerialMachine, laptop }, async () => {
      for (const machine of [SerialMachine, laptop]) await machine.close();
      await network.close();
      for (const { device } of devices) device.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  private constructor(machines: Record<MachineName, DocumentedMachine>, close: () => Promise<void>) {
    this.machines = machines;
    this.#close = close;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
