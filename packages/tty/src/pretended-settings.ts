import { fstatSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Whether a tty would say that it has so many data bits and run with others. ftdi_sio keeps 5, though the chips have 7 and
 * 8 alone and run with 8 then; it does not take 6 (ftdi_set_termios of drivers/usb/serial/ftdi_sio.c).
 */
export function pretendsDataBits(fd: number, dataBits: number): boolean {
  return dataBits === 5 && driverOf(fd) === 'ftdi_sio';
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
