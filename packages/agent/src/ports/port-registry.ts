import { SercliError } from '@sercli/protocol';
import { openDevice } from '../devices/device.ts';
import { type DeviceInfo, listDevices } from '../devices/list-devices.ts';
import type { PortSpec } from '../devices/port-spec.ts';
import type { Logger } from '../logger.ts';
import { openProgram } from '../programs/program.ts';
import { openSimulator, simulatorKinds } from '../simulators/simulators.ts';
import { defaultPortPolicy, type PortDescription, type PortPolicy, ServedPort } from './served-port.ts';

export interface RegistryOptions {
  /** What this agent is called, for messages. */
  readonly host: string;
  /** Ports that were named. */
  readonly specs: readonly PortSpec[];
  /** Also serve every free port that was found. */
  readonly isFinding: boolean;
  readonly policy?: PortPolicy;
  readonly logger: Logger;
  /** Where ports are found; the machine's own unless a test says otherwise. */
  readonly findDevices?: () => Promise<readonly DeviceInfo[]>;
}

/** The ports of an agent, by name: those that were named, and those that were found. */
export class PortRegistry {
  readonly #options: RegistryOptions;
  readonly #named = new Map<string, ServedPort>();
  readonly #found = new Map<string, ServedPort>();

  /** @throws SercliError `usage` where two ports have one name */
  constructor(options: RegistryOptions) {
    this.#options = options;
    for (const spec of options.specs) {
      const description = describeSpec(spec);
      if (this.#named.has(description.name)) {
        const remedy = 'give one of them another name: --port NAME=DEVICE';
        throw new SercliError('usage', { what: `two ports are called ${description.name}`, remedy });
      }
      this.#named.set(description.name, this.#serve(description));
    }
  }

  /** Opens the ports that are kept open. */
  async start(): Promise<void> {
    await this.#find();
    await Promise.all(this.#all().map((port) => port.start()));
  }

  /** All ports, those that are not served included, with their state now. */
  async list(): Promise<readonly ServedPort[]> {
    await this.#find();
    return this.#all();
  }

  /** @throws SercliError `port-not-found` */
  async get(name: string): Promise<ServedPort> {
    const ports = await this.list();
    const port = ports.find((candidate) => candidate.name === name);
    if (port !== undefined) return port;
    const names = ports.map((candidate) => candidate.name);
    throw new SercliError('port-not-found', {
      port: name,
      host: this.#options.host,
      ports: names.length === 0 ? 'none' : names.join(', '),
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((port) => port.close()));
  }

  #all(): readonly ServedPort[] {
    return [...this.#named.values(), ...this.#found.values()];
  }

  #serve(description: PortDescription): ServedPort {
    const { host, policy = defaultPortPolicy, logger } = this.#options;
    return new ServedPort(host, description, policy, logger);
  }

  /** Looks at the machine's devices again: new ones appear, those that are gone and not open disappear. */
  async #find(): Promise<void> {
    if (!this.#options.isFinding) return;
    const devices = await (this.#options.findDevices ?? listDevices)();
    const descriptions = new Map(devices.map((device) => [device.path, describeDevice(device)]));
    for (const port of this.#named.values()) descriptions.delete(port.device);
    for (const port of this.#found.values()) {
      if (!descriptions.has(port.device) && !port.isOpen) this.#found.delete(port.name);
    }
    for (const description of descriptions.values()) {
      if (this.#named.has(description.name)) continue;
      const known = this.#found.get(description.name);
      if (known === undefined) this.#found.set(description.name, this.#serve(description));
      else known.update(description);
    }
  }
}

function describeSpec(spec: PortSpec): PortDescription {
  const { name, settings } = spec;
  switch (spec.kind) {
    case 'device':
      return { name, settings, ...openedDevice(name, spec.path) };
    case 'simulator':
      return {
        name,
        device: `sim:${spec.simulator}`,
        description: simulatorKinds[spec.simulator].description,
        settings,
        pushesBack: () => true,
        open: async (inForce) => openSimulator(spec.simulator, inForce, { name }),
      };
    case 'program':
      return {
        name,
        device: `exec:${spec.command}`,
        settings,
        pushesBack: () => true,
        open: (inForce) => openProgram(spec.command, inForce, { name }),
      };
    default:
      return spec satisfies never;
  }
}

function describeDevice({ path, description, usb, unavailable }: DeviceInfo): PortDescription {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, description, usb, unavailable: unavailable?.reason, settings: {}, ...openedDevice(name, path) };
}

function openedDevice(name: string, path: string): Pick<PortDescription, 'device' | 'pushesBack' | 'open'> {
  return {
    device: path,
    // The far end of a pseudo terminal is a program, and its writes wait.
    pushesBack: (settings) => settings.flowControl !== 'none' || path.startsWith('/dev/pts/'),
    open: (settings) => openDevice(path, settings, { name }),
  };
}
