import { fstatSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { LineSettings } from './line-settings.ts';

/**
 * What there will be when a tty is asked for `wanted`, where its driver would say that it has all of it and run with
 * something else: what the hardware cannot do stays as it was `before`.
 */
export function withoutPretence(fd: number, wanted: LineSettings, before: LineSettings): LineSettings {
  const isSuspect = wanted.dataBits === 5 || wanted.flowControl === 'hardware+software';
  return isSuspect && driverOf(fd) === 'ftdi_sio' ? withinFtdi(wanted, before) : wanted;
}

/**
 * The chips have 7 and 8 data bits; ftdi_sio refuses 6, keeps 5, and they run with 8 then. They do one kind of flow control
 * at a time, and the driver asks for RTS/CTS first (ftdi_set_termios of drivers/usb/serial/ftdi_sio.c).
 */
function withinFtdi(wanted: LineSettings, before: LineSettings): LineSettings {
  const possible = before.dataBits === 5 ? 8 : before.dataBits;
  return {
    ...wanted,
    dataBits: wanted.dataBits === 5 ? possible : wanted.dataBits,
    flowControl: wanted.flowControl === 'hardware+software' ? 'hardware' : wanted.flowControl,
  };
}

/** The driver of the device behind a tty (sysfs(5)); undefined where there is none, as behind a pseudo terminal. */
function driverOf(fd: number): string | undefined {
  const { rdev } = fstatSync(fd);
  // makedev(3): twelve bits of the major number between two parts of the minor one.
  const [major, minor] = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)];
  try {
    return basename(readlinkSync(`/sys/dev/char/${major}:${minor}/device/driver`));
  } catch {
    // Not every tty has a device, nor every device a driver.
    return undefined;
  }
}
