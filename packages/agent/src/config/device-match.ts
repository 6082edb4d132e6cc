import { matchesGlob } from '@sercli/protocol';
import type { DeviceInfo } from '../devices/list-devices.ts';

/** Which device a port has. All that is said must hold; at least one thing is said. */
export interface DeviceMatch {
  /** USB serial number, letter by letter. */
  readonly serial?: string;
  /** Name in /dev/serial/by-id, with `*` and `?`. */
  readonly byId?: string;
  /** Path of the device, with `*` and `?`. */
  readonly path?: string;
  /** Ids of the USB device: four hexadecimal digits in lower case. */
  readonly vendor?: string;
  readonly product?: string;
}

export function matchesDevice(match: DeviceMatch, { path, byId, usb }: DeviceInfo): boolean {
  return (
    isWanted(match.serial, usb?.serialNumber) &&
    isWanted(match.vendor, usb?.vendorId.toLowerCase()) &&
    isWanted(match.product, usb?.productId.toLowerCase()) &&
    isWantedName(match.byId, byId) &&
    isWantedName(match.path, path)
  );
}

/** What says most about a device comes first: a port that names it by serial number has it before one with a glob. */
const ranking: readonly (keyof DeviceMatch)[] = ['serial', 'byId', 'path', 'product', 'vendor'];

/** For sorting: where several matches fit one device, the first has it. */
export function compareMatches(one: DeviceMatch, other: DeviceMatch): number {
  const decisive = ranking.find((key) => (one[key] === undefined) !== (other[key] === undefined));
  if (decisive === undefined) return 0;
  return one[decisive] === undefined ? 1 : -1;
}

function isWanted(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === actual;
}

function isWantedName(glob: string | undefined, actual: string | undefined): boolean {
  return glob === undefined || (actual !== undefined && matchesGlob(glob, actual));
}
