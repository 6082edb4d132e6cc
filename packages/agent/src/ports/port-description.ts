import type { SerialLink } from '@sercli/link';
import { type LineSettings, type LineSettingsChange, type ListedPort, toSercliError } from '@sercli/protocol';
import type { PortConfig } from '../config/config.ts';
import { type DeviceOptions, openDevice } from '../devices/device.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { openProgram } from '../programs/program.ts';
import { openSimulator, simulatorKinds } from '../simulators/simulators.ts';

/** What a port is and how it is opened. */
export interface PortDescription {
  readonly name: string;
  /** `/dev/ttyS0`, `sim:modem`, `exec:bash`. */
  readonly device: string;
  readonly description?: string | undefined;
  readonly usb?: ListedPort['usb'];
  /** Why it is not served now: it is only listed, or it is gone. */
  readonly absence?: { readonly kind: 'unavailable' | 'lost'; readonly reason: string } | undefined;
  /** What the line is set to when the device is opened. */
  readonly settings: LineSettingsChange;
  /** Sessions cannot change the settings. */
  readonly isFixed: boolean;
  /**
   * What has the device's path later is the same device. A pseudo terminal that hung up never comes back: its number goes
   * to whatever is opened next, which may be somebody's terminal.
   */
  readonly comesBack: boolean;
  /** Not reading the device makes its far end wait: nothing is lost by it. */
  pushesBack(settings: LineSettings): boolean;
  /** @param warn is told what the user should know, though the port could be opened */
  open(settings: LineSettings, warn: (text: string) => void): Promise<SerialLink>;
}

/** A port that was named. `device` is what matches, where the port is described by what its device must be. */
export function describeNamed(config: PortConfig, device: DeviceInfo | undefined): PortDescription {
  const { spec, isFixed, outputs, hangsUpOnClose } = config;
  const { name, settings } = spec;
  const shared = { name, settings, isFixed, description: config.description ?? device?.description, usb: device?.usb };
  const opening = { outputs, ...(hangsUpOnClose === undefined ? {} : { hangsUpOnClose }) };
  switch (spec.kind) {
    case 'device':
      return { ...shared, ...openedDevice(name, spec.path, opening) };
    case 'matched': {
      if (device !== undefined) return { ...shared, ...openedDevice(name, device.path, opening) };
      const absence = { kind: 'lost', reason: `no device matches ${JSON.stringify(spec.match)}` } as const;
      return { ...shared, absence, ...openedDevice(name, 'none', opening) };
    }
    case 'simulator': {
      const { description } = simulatorKinds[spec.simulator];
      return {
        ...shared,
        device: `sim:${spec.simulator}`,
        description: config.description ?? description,
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
interface Opening extends Pick<DeviceOptions, 'hangsUpOnClose'> {
  readonly outputs?: PortConfig['outputs'];
}

function openedDevice(
  name: string,
  path: string,
  { outputs = {}, ...options }: Opening,
): Pick<PortDescription, 'device' | 'comesBack' | 'pushesBack' | 'open'> {
  const isPseudoTerminal = path.startsWith('/dev/pts/');
  return {
    device: path,
    comesBack: !isPseudoTerminal,
    // The far end of a pseudo terminal is a program, and its writes wait.
    pushesBack: (settings) => settings.flowControl !== 'none' || isPseudoTerminal,
    open: async (settings, warn) => {
      const link = await openDevice(path, settings, { name, warn, ...options });
      if (Object.keys(outputs).length === 0) return link;
      try {
        await link.runSequence([outputs]);
        return link;
      } catch (error) {
        link.abort(toSercliError(error));
        throw error;
      }
    },
  };
}
