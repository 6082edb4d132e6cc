import { realpathSync } from 'node:fs';
import type { LineSettings, LineSettingsChange, ListedPort, ModemOutputs } from '@sercli/protocol';
import type { PortConfig } from '../config/config.ts';
import { type DeviceOptions, openDevice } from '../devices/device.ts';
import type { DeviceLink } from '../devices/device-link.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { openProgram } from '../programs/program.ts';
import { openSimulator, simulatorKinds } from '../simulators/simulators.ts';
import type { TraceConfig } from './trace-config.ts';

/** What a port is and how it is opened. */
export interface PortDescription {
  readonly name: string;
  /** `/dev/ttyS0`, `sim:modem`, `exec:bash`. */
  readonly device: string;
  readonly description?: string | undefined;
  readonly usb?: ListedPort['usb'];
  /** Line sequences that clients find here, by name. */
  readonly sequences?: Readonly<Record<string, string>> | undefined;
  /** Why it is not served now: it is only listed, or it is gone. */
  readonly absence?: { readonly kind: 'unavailable' | 'lost'; readonly reason: string } | undefined;
  /** What the line is set to when the device is opened. */
  readonly settings: LineSettingsChange;
  /** Sessions cannot change the settings. */
  readonly isFixed: boolean;
  /** Files that are kept of what passes. */
  readonly traces?: readonly TraceConfig[] | undefined;
  /**
   * What has the device's path later is the same device. A pseudo terminal that hung up never comes back: its number goes
   * to whatever is opened next, which may be somebody's terminal.
   */
  readonly comesBack: boolean;
  /** Not reading the device makes its far end wait: nothing is lost by it. */
  pushesBack(settings: LineSettings): boolean;
  /**
   * @param warn is told what the user should know, though the port could be opened
   * @param outputs as the device had them before it was lost, where it has them
   */
  open(settings: LineSettings, warn: (text: string) => void, outputs?: ModemOutputs): Promise<DeviceLink>;
}

/** A port that was named. `device` is what matches, where the port is described by what its device must be. */
export function describeNamed(config: PortConfig, device: DeviceInfo | undefined): PortDescription {
  const { spec, isFixed } = config;
  const { name, settings } = spec;
  const { description = device?.description, traces } = config;
  const shared = { name, settings, isFixed, description, usb: device?.usb, traces };
  switch (spec.kind) {
    case 'device':
      return { ...shared, ...openedDevice(name, spec.path, config) };
    case 'matched': {
      if (device !== undefined) return { ...shared, ...openedDevice(name, device.path, config) };
      const absence = { kind: 'lost', reason: `no device matches ${JSON.stringify(spec.match)}` } as const;
      return { ...shared, absence, ...openedDevice(name, 'none', config) };
    }
    case 'simulator': {
      return {
        ...shared,
        device: `sim:${spec.simulator}`,
        description: description ?? simulatorKinds[spec.simulator].description,
        comesBack: false,
        pushesBack: () => true,
        open: async (inForce) => openSimulator(spec.simulator, inForce, { name }),
      };
    }
    case 'program':
      return {
        ...shared,
        device: `exec:${spec.command}`,
        comesBack: false,
        pushesBack: () => true,
        open: (inForce) => openProgram(spec.command, inForce, { name }),
      };
    default:
      return spec satisfies never;
  }
}

/** A port that was found. */
export function describeDevice(name: string, { path, description, usb, unavailable }: DeviceInfo): PortDescription {
  const absence = unavailable === undefined ? undefined : { kind: 'unavailable' as const, reason: unavailable.reason };
  return { name, description, usb, absence, settings: {}, isFixed: false, ...openedDevice(name, path, {}) };
}

/** What is done to a device when it is opened, besides its settings. */
type Opening = Pick<DeviceOptions, 'hangsUpOnClose' | 'lowLatency' | 'rs485' | 'outputs' | 'takesLockFile'>;

function openedDevice(
  name: string,
  path: string,
  { hangsUpOnClose, lowLatency, rs485, outputs = {}, takesLockFile }: Opening,
): Pick<PortDescription, 'device' | 'comesBack' | 'pushesBack' | 'open'> {
  // A link may lead to a pseudo terminal, and to another one later: so it comes back, and its number does not.
  const isPseudoTerminal = isPseudoTerminalPath(whereLinksLead(path));
  const options = {
    name,
    ...(hangsUpOnClose === undefined ? {} : { hangsUpOnClose }),
    ...(lowLatency === undefined ? {} : { lowLatency }),
    ...(rs485 === undefined ? {} : { rs485 }),
    ...(takesLockFile === undefined ? {} : { takesLockFile }),
  };
  return {
    device: path,
    comesBack: !isPseudoTerminalPath(path),
    // The far end of a pseudo terminal is a program, and its writes wait.
    pushesBack: (settings) => settings.flowControl !== 'none' || isPseudoTerminal,
    open: (settings, warn, before) =>
      openDevice(path, settings, { ...options, warn, outputs: { ...outputs, ...before } }),
  };
}

/** The path itself where nothing is there now. */
function whereLinksLead(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isPseudoTerminalPath(path: string): boolean {
  return path.startsWith('/dev/pts/');
}
