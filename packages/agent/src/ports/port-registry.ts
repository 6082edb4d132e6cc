import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ListedPort, type PortList, reasonOf, SercliError, withoutCounters } from '@sercli/protocol';
import type { PortConfig } from '../config/config.ts';
import { defaultLogMemoryBytes } from '../config/log-sizes.ts';
import { DeviceWatch } from '../devices/device-watch.ts';
import { type DeviceInfo, listDevices, machineRoots } from '../devices/list-devices.ts';
import { JoinedCalls } from '../joined-calls.ts';
import type { Logger } from '../logger.ts';
import { DeviceNames } from './device-names.ts';
import { LogMemory } from './log-memory.ts';
import { MatchedDevices } from './matched-devices.ts';
import { describeDevice, describeNamed, type PortDescription } from './port-description.ts';
import { defaultPortPolicy, type PortPolicy } from './port-policy.ts';
import { ServedPort } from './served-port.ts';

/** Changes that come together are told together, this many milliseconds after the first. */
const tellMs = 20;

/** Which ports an agent serves. */
export interface PortSelection {
  /** Ports that were named. */
  readonly ports: readonly PortConfig[];
  /** Also serve every free port that was found. */
  readonly isFinding: boolean;
  /** For every port that does not say otherwise. */
  readonly policy: Partial<PortPolicy>;
  /** What the logs of all ports together may keep, in bytes. */
  readonly logMemory?: number | undefined;
  /** Line sequences at every port, by name. */
  readonly sequences?: PortDescription['sequences'];
}

export interface RegistryOptions {
  /** What this agent is called, for messages. */
  readonly host: string;
  readonly logger: Logger;
  /** Where ports are found; the machine's own unless a test says otherwise. */
  readonly findDevices?: () => Promise<readonly DeviceInfo[]>;
  /** The TCP ports on which a port is served to programs that do not speak the native protocol. */
  readonly accepters?: (port: string) => NonNullable<ListedPort['accepters']>;
  /** Where found devices come and go. */
  readonly deviceDirectory?: string;
}

interface NamedPort {
  readonly config: PortConfig;
  readonly policy: PortPolicy;
  readonly port: ServedPort;
}

/** The ports of an agent, by name: those that were named, and those that were found. Both may come and go. */
export class PortRegistry {
  readonly #options: RegistryOptions;
  #selection: PortSelection = { ports: [], isFinding: false, policy: {} };
  readonly #named = new Map<string, NamedPort>();
  readonly #found = new Map<string, ServedPort>();
  readonly #names = new DeviceNames();
  readonly #matched = new MatchedDevices();
  readonly #memory = new LogMemory(defaultLogMemoryBytes);
  readonly #watchers = new Set<() => void>();
  /** Looks at the machine's devices again: once for all who open a port or list them at the same time. */
  readonly #looks = new JoinedCalls(() => this.#look());
  #deviceWatch: DeviceWatch | undefined;
  #telling: NodeJS.Timeout | undefined;
  #told = '';

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * Serves these ports from now on. Ports whose description stays the same are not disturbed; others end their sessions.
   *
   * @throws SercliError `usage` where two ports have one name; then nothing has changed
   */
  async select(selection: PortSelection): Promise<void> {
    refuseTwins(selection.ports);
    this.#selection = selection;
    this.#memory.capacityBytes = selection.logMemory ?? defaultLogMemoryBytes;
    const kept = new Set<string>();
    for (const config of selection.ports) {
      const policy = { ...defaultPortPolicy, ...selection.policy, ...config.policy };
      const before = this.#named.get(config.spec.name);
      kept.add(config.spec.name);
      const isKept = before !== undefined && isSameService(before, { config, policy });
      if (!isKept) await before?.port.close();
      const port = isKept ? before.port : this.#serve(describeNamed(config, undefined), policy);
      this.#named.set(config.spec.name, { config, policy, port });
    }
    const left = [...this.#named.keys()].filter((name) => !kept.has(name));
    await this.#remove(this.#named, left, ({ port }) => port);
    if (!selection.isFinding) await this.#remove(this.#found, [...this.#found.keys()], (port) => port);
    this.#watchDevices();
    await this.#refresh();
  }

  /** All ports, those that are not served included, with their state now. */
  async list(): Promise<PortList['ports']> {
    await this.#refresh();
    return this.ports;
  }

  /** The same without looking again: what is known since the last look. */
  get ports(): PortList['ports'] {
    const { accepters = () => [] } = this.#options;
    return this.served.map((port) => {
      const own = accepters(port.name);
      return { ...port.list(), ...(own.length === 0 ? {} : { accepters: own }) };
    });
  }

  get served(): readonly ServedPort[] {
    return [...[...this.#named.values()].map(({ port }) => port), ...this.#found.values()];
  }

  /** @throws SercliError `port-not-found` */
  async get(name: string): Promise<ServedPort> {
    await this.#refresh();
    const port = this.#named.get(name)?.port ?? this.#found.get(name);
    if (port !== undefined) return port;
    const names = this.served.map((candidate) => candidate.name);
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
    await Promise.all(this.served.map((port) => port.close()));
  }

  #serve(description: PortDescription, policy: PortPolicy): ServedPort {
    const { host, logger } = this.#options;
    const look = (): Promise<void> => this.#refresh();
    const changed = (): void => this.mayHaveChanged();
    return new ServedPort(description, { host, policy, logger, memory: this.#memory, changed, look });
  }

  async #remove<Kept>(
    ports: Map<string, Kept>,
    names: readonly string[],
    portOf: (kept: Kept) => ServedPort,
  ): Promise<void> {
    for (const name of names) {
      const kept = ports.get(name);
      ports.delete(name);
      if (kept !== undefined) await portOf(kept).close();
    }
  }

  get #needsDevices(): boolean {
    return this.#selection.isFinding || this.#selection.ports.some(({ spec }) => spec.kind === 'matched');
  }

  #devicePaths(): string[] {
    return this.#selection.ports.flatMap(({ spec }) => (spec.kind === 'device' ? [spec.path] : []));
  }

  #watchDevices(): void {
    this.#deviceWatch?.close();
    const directories = this.#devicePaths().map((path) => dirname(path));
    if (this.#needsDevices) directories.push(this.#options.deviceDirectory ?? '/dev');
    const look = (): void => {
      this.#refresh().catch((error: unknown) => this.#options.logger.error({}, `devices: ${reasonOf(error)}`));
    };
    this.#deviceWatch = directories.length > 0 ? new DeviceWatch(directories, look) : undefined;
  }

  /** Who asks waits for devices that are opened because they are kept open, and nobody waits for those of another. */
  async #refresh(): Promise<void> {
    await this.#looks.call();
    await Promise.all(this.served.map((port) => port.start()));
    this.mayHaveChanged();
  }

  async #look(): Promise<void> {
    const devices = this.#needsDevices ? await this.#findDevices() : [];
    const matched = this.#matched.assign(this.#selection.ports, devices);
    await Promise.all([...this.#named.values()].map((named) => this.#lookForNamed(named, matched)));
    if (this.#selection.isFinding) await this.#lookForOthers(devices, new Set(matched.values()));
  }

  /** Ports that were named are served whoever has them open: only where others are served too has that to be known. */
  #findDevices(): Promise<readonly DeviceInfo[]> {
    return this.#options.findDevices?.() ?? listDevices(machineRoots, this.#selection.isFinding);
  }

  async #lookForNamed({ config, port }: NamedPort, matched: ReadonlyMap<string, DeviceInfo>): Promise<void> {
    const description = describeNamed(config, matched.get(config.spec.name));
    const isGone = config.spec.kind === 'device' && (await realPath(config.spec.path)) === undefined;
    // In one step: a list that is told meanwhile must not take a lost port for one that is there.
    const absence = { kind: 'lost', reason: `there is no ${description.device}` } as const;
    port.update(this.#withSequences(isGone ? { ...description, absence } : description, config.sequences));
  }

  /** New devices are served; those that are gone keep their names, and are served again when they come back. */
  async #lookForOthers(devices: readonly DeviceInfo[], matched: ReadonlySet<DeviceInfo>): Promise<void> {
    const named = new Set(await Promise.all(this.#devicePaths().map(realPath)));
    const others = devices.filter((device) => !named.has(device.path) && !matched.has(device));
    const names = this.#names.assign(others, new Set(this.#named.keys()));
    const present = new Set<string>();
    for (const device of others) {
      const name = names.get(device.path) ?? device.path;
      present.add(name);
      const description = this.#withSequences(describeDevice(name, device));
      const known = this.#found.get(name);
      if (known !== undefined) known.update(description);
      else this.#found.set(name, this.#serve(description, { ...defaultPortPolicy, ...this.#selection.policy }));
    }
    for (const port of this.#found.values()) if (!present.has(port.name)) port.lose('it was unplugged');
  }

  #withSequences(description: PortDescription, own: PortDescription['sequences'] = {}): PortDescription {
    return { ...description, sequences: { ...this.#selection.sequences, ...own } };
  }

  /** The list may say something else: those who watch it are told if it does. */
  mayHaveChanged(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      const list = JSON.stringify(this.ports.map(withoutCounters));
      if (list === this.#told) return;
      this.#told = list;
      for (const changed of this.#watchers) changed();
    }, tellMs);
  }
}

/** Sequences are told, and nothing of a port depends on them; accepters come and go beside its other sessions. */
function isSameService(
  before: Pick<NamedPort, 'config' | 'policy'>,
  after: Pick<NamedPort, 'config' | 'policy'>,
): boolean {
  const [one, other] = [before, after].map(({ config, policy }) => ({
    ...config,
    sequences: undefined,
    accepters: undefined,
    policy,
  }));
  return JSON.stringify(one) === JSON.stringify(other);
}

function refuseTwins(ports: readonly PortConfig[]): void {
  const names = ports.map(({ spec }) => spec.name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return;
  const remedy = 'give one of them another name: --port NAME=DEVICE';
  throw new SercliError('usage', { what: `two ports are called ${twin}`, remedy });
}

function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
