import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DeviceHolder, deviceKey, findHolders, holderText } from './device-holders.ts';
import { readAttribute, readUsbIdentity, type UsbIdentity } from './usb-identity.ts';
import { lockDirectory, uucpHolder } from './uucp-lock.ts';

/** A serial port of this machine. */
export interface DeviceInfo {
  /** `/dev/ttyUSB0` */
  readonly path: string;
  /** For people: `FTDI FT232R USB UART`, `built-in serial port`. */
  readonly description: string;
  readonly usb?: UsbIdentity;
  /** The name that udev gave it in /dev/serial/by-id: `usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0`. */
  readonly byId?: string;
  /** Why it should not be served unless it is named. */
  readonly unavailable?: { readonly reason: string };
}

/** Where the kernel shows what there is; tests bring a tree of their own. */
export interface DeviceRoots {
  readonly sys: string;
  readonly proc: string;
  readonly dev: string;
  readonly locks: string;
}

export const machineRoots: DeviceRoots = { sys: '/sys', proc: '/proc', dev: '/dev', locks: lockDirectory };

/**
 * The hardware serial ports of this machine, sorted by path. Nothing is opened: opening raises DTR and RTS, and
 * resets many a board.
 *
 * @param seeksHolders whether a device is unavailable that a process has open: all processes are looked at for that
 */
export async function listDevices(roots: DeviceRoots = machineRoots, seeksHolders = true): Promise<DeviceInfo[]> {
  const [names, phantoms, consoles, holders, namesById] = await Promise.all([
    portNames(roots),
    phantomPorts(roots),
    kernelConsoles(roots),
    seeksHolders ? findHolders(roots.proc, roots.dev) : new Map<string, DeviceHolder>(),
    idNames(roots),
  ]);
  const facts: Facts = { roots, phantoms, consoles, holders, namesById };
  const described = await Promise.all(names.map((name) => describeDevice(name, facts)));
  const devices = described.filter((device) => device !== undefined);
  return devices.sort((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }));
}

interface Facts {
  readonly roots: DeviceRoots;
  readonly phantoms: ReadonlySet<string>;
  readonly consoles: ReadonlySet<string>;
  readonly holders: ReadonlyMap<string, DeviceHolder>;
  /** By-id names, by the path they lead to. */
  readonly namesById: ReadonlyMap<string, string>;
}

/** Undefined for one that has been unplugged since it was listed. */
async function describeDevice(name: string, facts: Facts): Promise<DeviceInfo | undefined> {
  const path = join(facts.roots.dev, name);
  const hardware = await hardwareOf(name, facts.roots);
  if (hardware === undefined) return undefined;
  const usb = await readUsbIdentity(hardware, await realpath(facts.roots.sys));
  const reason = await whyUnavailable(name, path, facts);
  const byId = facts.namesById.get(path);
  return {
    path,
    description: await describeHardware(hardware, usb),
    ...(usb === undefined ? {} : { usb }),
    ...(byId === undefined ? {} : { byId }),
    ...(reason === undefined ? {} : { unavailable: { reason } }),
  };
}

async function describeHardware(hardware: string, usb: UsbIdentity | undefined): Promise<string> {
  if (usb !== undefined) {
    const words = [usb.manufacturer, usb.product ?? `USB device ${usb.vendorId}:${usb.productId}`, usb.interface];
    return words.filter((word) => word !== undefined).join(' ');
  }
  const driver = await realpath(join(hardware, 'driver')).catch(() => undefined);
  return driver === undefined ? 'built-in serial port' : `built-in serial port (${basename(driver)})`;
}

async function whyUnavailable(name: string, path: string, facts: Facts): Promise<string | undefined> {
  if (facts.phantoms.has(name)) return 'there is no hardware behind it';
  if (facts.consoles.has(name)) return "it is the kernel's console";
  const key = await deviceKey(path);
  const holder = key === undefined ? undefined : facts.holders.get(key);
  if (holder !== undefined) return `${holderText(holder)} has it open`;
  const lock = await uucpHolder(path, facts.roots.locks, facts.roots.proc);
  return lock === undefined ? undefined : `${holderText(lock.holder)} has locked it`;
}

/** Ports with a device: that leaves out virtual consoles, /dev/ptmx and ttyprintk. */
async function portNames(roots: DeviceRoots): Promise<string[]> {
  const names = await readdir(join(roots.sys, 'class/tty')).catch(() => []);
  const hardware = await Promise.all(names.map((name) => hardwareOf(name, roots)));
  return names.filter((_, index) => hardware[index] !== undefined);
}

/** The directory in sysfs of what stands behind a tty. */
function hardwareOf(name: string, { sys }: DeviceRoots): Promise<string | undefined> {
  return realpath(join(sys, 'class/tty', name, 'device')).catch(() => undefined);
}

/** udev's names for what does not change when a device is plugged in elsewhere (60-serial.rules). */
async function idNames({ dev }: DeviceRoots): Promise<Map<string, string>> {
  const directory = join(dev, 'serial/by-id');
  const names = new Map<string, string>();
  for (const name of await readdir(directory).catch(() => [])) {
    const path = await realpath(join(directory, name)).catch(() => undefined);
    if (path !== undefined) names.set(path, name);
  }
  return names;
}

/**
 * The 8250 driver offers ttyS0 to ttyS3 and more whether they are there or not: type 0 (PORT_UNKNOWN) in sysfs, or
 * `uart:unknown` in /proc/tty/driver/serial, which only root can read.
 */
async function phantomPorts({ sys, proc }: DeviceRoots): Promise<Set<string>> {
  const phantoms = new Set<string>();
  const drivers = (await readAttribute(join(proc, 'tty/driver'), 'serial')) ?? '';
  for (const [, number] of drivers.matchAll(/^(\d+): uart:unknown/gm)) phantoms.add(`ttyS${number}`);
  const directory = join(sys, 'class/tty');
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.startsWith('ttyS') && (await readAttribute(join(directory, name), 'type')) === '0') phantoms.add(name);
  }
  return phantoms;
}

/** proc(5): the first word of each line of /proc/consoles; sysfs says the same of /dev/console. */
async function kernelConsoles({ sys, proc }: DeviceRoots): Promise<Set<string>> {
  const consoles = (await readAttribute(proc, 'consoles')) ?? '';
  const active = (await readAttribute(join(sys, 'class/tty/console'), 'active')) ?? '';
  return new Set([...[...consoles.matchAll(/^\S+/gm)].map(([name]) => name), ...active.split(/\s+/)]);
}
