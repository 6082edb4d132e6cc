import { basename } from 'node:path';
import type { DeviceInfo } from '../devices/list-devices.ts';

/**
 * The names of found devices: that of the path a device had when it was first seen. A device is known again by its USB
 * serial number, else by its by-id name, else by its path, and has its old name wherever it is plugged in.
 */
export class DeviceNames {
  readonly #names = new Map<string, string>();

  /** The name of each device, by path. `taken` are names that are given already. */
  assign(devices: readonly DeviceInfo[], taken: ReadonlySet<string>): ReadonlyMap<string, string> {
    const assigned = new Map<string, string>();
    const present = new Set<string>();
    for (const device of devices) {
      // Cheap adapters share a serial number: those plugged in together are told apart by their paths.
      const identity = present.has(identityOf(device)) ? `path ${device.path}` : identityOf(device);
      present.add(identity);
      const name = this.#names.get(identity) ?? this.#freeName(basename(device.path), taken);
      this.#names.set(identity, name);
      assigned.set(device.path, name);
    }
    return assigned;
  }

  #freeName(wanted: string, taken: ReadonlySet<string>): string {
    const used = new Set([...taken, ...this.#names.values()]);
    let name = wanted;
    for (let number = 2; used.has(name); number += 1) name = `${wanted}-${number}`;
    return name;
  }
}

/** What a device is known by when it comes back. */
export function identityOf({ path, usb, byId }: DeviceInfo): string {
  if (usb?.serialNumber !== undefined) {
    return `usb ${usb.vendorId}:${usb.productId} ${usb.serialNumber} ${usb.interface ?? ''}`;
  }
  return byId === undefined ? `path ${path}` : `by-id ${byId}`;
}
