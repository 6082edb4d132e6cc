import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { type LineSettingsChange, SercliError } from '@sercli/protocol';
import {
  applyLineSettings,
  makeRaw,
  type Rs485,
  readModemLines,
  readTermios,
  setLowLatency,
  setOutputs,
  setRs485,
  termiosFlags,
  withErrorMarks,
  writeTermios,
} from '@sercli/tty';
import type { DeviceOptions } from './device.ts';

/** Sets up a tty that was just opened. Throws TtyError, SercliError `no-rs485`. */
export function prepareDevice(path: string, fd: number, settings: LineSettingsChange, options: DeviceOptions): void {
  const { hangsUpOnClose = true, outputs = {}, rs485 } = options;
  const raw = makeRaw(readTermios(fd));
  const control = hangsUpOnClose ? raw.control | termiosFlags.HUPCL : raw.control & ~termiosFlags.HUPCL;
  // A pseudo terminal has no breaks and no errors, and marks would only make it slower.
  const isLine = readModemLines(fd) !== undefined;
  writeTermios(fd, { ...(isLine ? withErrorMarks(raw) : raw), control }, 'now');
  applyLineSettings(fd, settings);
  // Where the speed was 0, the kernel raises them only now (uart_set_termios of drivers/tty/serial/serial_core.c).
  if (Object.keys(outputs).length > 0) setOutputs(fd, outputs);
  if (rs485 !== undefined) turnOnRs485(path, fd, rs485, options);
  tuneLatency(path, fd, options);
}

function turnOnRs485(device: string, fd: number, wanted: Rs485, { warn }: DeviceOptions): void {
  const inForce = setRs485(fd, wanted);
  if (inForce === undefined) throw new SercliError('no-rs485', { device });
  const isAsWanted = (Object.keys(wanted) as (keyof Rs485)[]).every((key) => inForce[key] === wanted[key]);
  if (!isAsWanted)
    warn?.(`asked for RS-485 with ${JSON.stringify(wanted)}, and ${device} has ${JSON.stringify(inForce)}`);
}

function tuneLatency(device: string, fd: number, { lowLatency, warn }: DeviceOptions): void {
  if (lowLatency === undefined && !isOnUsb(device)) return;
  const outcome = setLowLatency(fd, lowLatency ?? true);
  // Where nobody has asked for it, it may as well not be had.
  if (outcome === 'done' || lowLatency === undefined) return;
  const why = outcome === 'denied' ? 'only root may do that' : 'its driver does not offer it';
  warn?.(`low latency cannot be turned ${lowLatency ? 'on' : 'off'} at ${device}: ${why}`);
}

/** Linux: Documentation/ABI/testing/sysfs-bus-usb. */
function isOnUsb(path: string): boolean {
  try {
    return /\/usb\d+\//.test(realpathSync(`/sys/class/tty/${basename(realpathSync(path))}/device`));
  } catch {
    // A pseudo terminal is no device of sysfs.
    return false;
  }
}
