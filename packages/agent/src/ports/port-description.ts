import type { SerialLink } from '@sercli/link';
import type { LineSettings, LineSettingsChange, ListedPort } from '@sercli/protocol';
import { openDevice } from '../devices/device.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import type { PortSpec } from '../devices/port-spec.ts';
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
  /** Not reading the device makes its far end wait: nothing is lost by it. */
  pushesBack(settings: LineSettings): boolean;
  open(settings: LineSettings): Promise<SerialLink>;
}

/** A port that was named. */
export function describeSpec(spec: PortSpec): PortDescription {
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

/** A port that was found. */
export function describeDevice(name: string, { path, description, usb, unavailable }: DeviceInfo): PortDescription {
  const absence = unavailable === undefined ? undefined : { kind: 'unavailable' as const, reason: unavailable.reason };
  return { name, description, usb, absence, settings: {}, ...openedDevice(name, path) };
}

function openedDevice(name: string, path: string): Pick<PortDescription, 'device' | 'pushesBack' | 'open'> {
  return {
    device: path,
    // The far end of a pseudo terminal is a program, and its writes wait.
    pushesBack: (settings) => settings.flowControl !== 'none' || path.startsWith('/dev/pts/'),
    open: (settings) => openDevice(path, settings, { name }),
  };
}
