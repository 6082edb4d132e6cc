import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type PortList, SercliError } from '@sercli/protocol';
import { DeviceWatch } from '../devices/device-watch.ts';
import { type DeviceInfo, listDevices } from '../devices/list-devices.ts';
import type { PortSpec } from '../devices/port-spec.ts';
import type { Logger } from '../logger.ts';
import { DeviceNames } from './device-names.ts';
import { describeDevice, describeSpec, type PortDescription } from './port-description.ts';
import { defaultPortPolicy, type PortPolicy, ServedPort } from './served-port.ts';

/** Changes that come together are told together, this many milliseconds after the first. */
const tellMs = 20;

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
  /** Where found devices come and go. */
  readonly deviceDirectory?: string;
}

/** The ports of an agent, by name: those that were named, and those that were found. Both may come and go. */
export class PortRegistry {
  readonly #options: RegistryOptions;
  readonly #named = new Map<string, ServedPort>();
  readonly #specs = new Map<ServedPort, PortDescription>();
  readonly #found = new Map<string, ServedPort>();
  readonly #names = new DeviceNames();
  readonly #watchers = new Set<() => void>();
  #deviceWatch: DeviceWatch | undefined;
  #telling: NodeJS.Timeout | undefined;
  #told = '';

  /** @throws SercliError `usage` where two ports have one name */
  constructor(options: RegistryOptions) {
    this.#options = options;
    for (const spec of options.specs) {
      const description = describeSpec(spec);
      if (this.#named.has(description.name)) {
        const remedy = 'give one of them another name: --port NAME=DEVICE';
        throw new SercliError('usage', { what: `two ports are called ${description.name}`, remedy });
      }
      const port = this.#serve(description);
      this.#named.set(description.name, port);
      this.#specs.set(port, description);
    }
  }

  /** Begins to watch for devices, and opens the ports that are kept open. */
  async start(): Promise<void> {
    const directories = this.#devicePaths().map((path) => dirname(path));
    if (this.#options.isFinding) directories.push(this.#options.deviceDirectory ?? '/dev');
    if (directories.length > 0) this.#deviceWatch = new DeviceWatch(directories, () => void this.#look());
    await this.#look();
    await Promise.all(this.#all().map((port) => port.start()));
  }

  /** All ports, those that are not served included, with their state now. */
  async list(): Promise<PortList['ports']> {
    await this.#look();
    return this.#all().map((port) => port.list());
  }

  /** @throws SercliError `port-not-found` */
  async get(name: string): Promise<ServedPort> {
    await this.#look();
    const port = this.#named.get(name) ?? this.#found.get(name);
    if (port !== undefined) return port;
    const names = this.#all().map((candidate) => candidate.name);
    throw new SercliError('port-not-found', {
      port: name,
      host: this.#options.host,
      ports: names.length === 0 ? 'none' : names.join(', '),
    });
  }

  /** Calls `changed` whenever the list has become another one, until what is returned is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  async close(): Promise<void> {
    this.#deviceWatch?.close();
    clearTimeout(this.#telling);
    await Promise.all(this.#all().map((port) => port.close()));
  }

  #all(): readonly ServedPort[] {
    return [...this.#named.values(), ...this.#found.values()];
  }

  #devicePaths(): string[] {
    return this.#options.specs.flatMap((spec) => (spec.kind === 'device' ? [spec.path] : []));
  }

  #serve(description: PortDescription): ServedPort {
    const { host, policy = defaultPortPolicy, logger } = this.#options;
    return new ServedPort(description, { host, policy, logger, changed: () => this.#mayHaveChanged() });
  }

  /** Looks at the machine's devices again. */
  async #look(): Promise<void> {
    await Promise.all([...this.#specs].map(([port, description]) => this.#lookForNamed(port, description)));
    if (this.#options.isFinding) await this.#lookForOthers();
    this.#mayHaveChanged();
  }

  async #lookForNamed(port: ServedPort, description: PortDescription): Promise<void> {
    if (!description.device.startsWith('/')) return;
    const isThere = (await realPath(description.device)) !== undefined;
    const absence = { kind: 'lost', reason: `there is no ${description.device}` } as const;
    port.update(isThere ? description : { ...description, absence });
  }

  /** New devices are served; those that are gone keep their names, and are served again when they come back. */
  async #lookForOthers(): Promise<void> {
    const devices = await (this.#options.findDevices ?? listDevices)();
    const named = new Set(await Promise.all(this.#devicePaths().map(realPath)));
    const others = devices.filter((device) => !named.has(device.path));
    const names = this.#names.assign(others, new Set(this.#named.keys()));
    const present = new Set<string>();
    for (const device of others) {
      const name = names.get(device.path) ?? device.path;
      present.add(name);
      this.#find(describeDevice(name, device));
    }
    for (const port of this.#found.values()) if (!present.has(port.name)) port.lose('it was unplugged');
  }

  #find(description: PortDescription): void {
    const known = this.#found.get(description.name);
    if (known !== undefined) return known.update(description);
    this.#found.set(description.name, this.#serve(description));
  }

  #mayHaveChanged(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      const list = JSON.stringify(this.#all().map((port) => port.list()));
      if (list === this.#told) return;
      this.#told = list;
      for (const changed of this.#watchers) changed();
    }, tellMs);
  }
}

function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
