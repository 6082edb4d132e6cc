import type { ChildProgram, NetworkNamespace } from '@sercli/testkit';
import type { DiscoveryPrograms } from './discovery-programs.ts';

/** Abstract sockets belong to the network namespace (unix(7)): the bus is that of one machine. */
const busAddress = 'unix:abstract=/sercli-test/bus';

/** `ip netns exec` gives the shell its own mounts, so this /run is seen by the daemon alone. */
const startDaemon = `
mount -t tmpfs tmpfs /run
mkdir /run/avahi-daemon
printf '[server]\\nuse-ipv6=no\\n' >/run/avahi-daemon.conf
exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f /run/avahi-daemon.conf`;

/** The mDNS daemon of most Linux desktops, with a bus of its own to be asked over. */
export class Avahi {
  readonly #programs: DiscoveryPrograms;
  readonly #machine: NetworkNamespace;

  static async start(programs: DiscoveryPrograms, machine: NetworkNamespace): Promise<Avahi> {
    const avahi = new Avahi(programs, machine);
    const bus = ['--session', '--nofork', '--nopidfile', `--address=${busAddress}`, '--print-address=1'];
    await (await programs.run(machine, 'dbus-daemon', ...bus)).stdout.waitFor(/\n/);
    const daemon = await avahi.#run('sh', '-ec', startDaemon);
    await daemon.stderr.waitFor(/Server startup complete/);
    return avahi;
  }

  private constructor(programs: DiscoveryPrograms, machine: NetworkNamespace) {
    this.#programs = programs;
    this.#machine = machine;
  }

  /** Prints what is there, what comes and what goes. */
  browse(type: string = '_sercli._tcp'): Promise<ChildProgram> {
    return this.#run('avahi-browse', '--resolve', '--parsable', type);
  }

  /** Resolves to the name that it got. */
  publish(name: string, tcpPort: number, ...text: readonly string[]): Promise<string> {
    return this.publishAs('_sercli._tcp', name, tcpPort, ...text);
  }

  async publishAs(type: string, name: string, tcpPort: number, ...text: readonly string[]): Promise<string> {
    const publisher = await this.#run('avahi-publish', '--service', name, type, String(tcpPort), ...text);
    const [, got = ''] = await publisher.stderr.waitFor(/Established under name '(.*)'/);
    return got;
  }

  #run(program: string, ...args: readonly string[]): Promise<ChildProgram> {
    return this.#programs.run(this.#machine, 'env', `DBUS_SYSTEM_BUS_ADDRESS=${busAddress}`, program, ...args);
  }
}
