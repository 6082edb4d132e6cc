import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SerialLink } from '@sercli/link';
import { type LineSettingsChange, reasonOf, SercliError } from '@sercli/protocol';
import { applyLineSettings, closeFd, makeRaw, readTermios, termiosFlags, writeTermios } from '@sercli/tty';
import { LinuxBinding } from '@serialport/bindings-cpp';
import { deviceKey, findHolders, holderText } from './device-holders.ts';
import { accessRemedy } from './device-permission.ts';
import { TtyLink } from './tty-link.ts';
import { LockedError, lockDirectory, UucpLock } from './uucp-lock.ts';

export interface DeviceOptions {
  /** The port's name; the last part of the path if it is not given. */
  readonly name?: string;
  /** Whether DTR and RTS fall when the port is closed (HUPCL, termios(3)); yes if it is not given. */
  readonly hangsUpOnClose?: boolean;
  /** Where lock files are; /var/lock if it is not given. */
  readonly lockDirectory?: string;
}

/** The speed while a device is being opened; the wanted one is set, exactly, right afterwards. */
const openingBaudRate = 9600;

/**
 * Opens and locks a tty, puts it into raw mode and applies `settings`; the link says which are in force then.
 *
 * @throws SercliError `device-not-found`, `device-denied`, `device-busy`, `device-failed`
 */
export async function openDevice(
  path: string,
  settings: LineSettingsChange = {},
  options: DeviceOptions = {},
): Promise<SerialLink> {
  await requireTty(path);
  const lock = await takeLock(path, options.lockDirectory ?? lockDirectory);
  try {
    const fd = await openLocked(path);
    try {
      prepare(fd, settings, options.hangsUpOnClose ?? true);
      const info = { name: options.name ?? basename(path), device: path };
      return new TtyLink({ info, fd, release: () => lock.release() });
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw await asDeviceError(path, error);
  }
}

async function requireTty(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    if (isDenied) throw new SercliError('device-denied', { device: path, remedy: reasonOf(error) }, { cause: error });
    throw new SercliError('device-not-found', { device: path, reason: 'there is no such file' }, { cause: error });
  });
  if (found.isCharacterDevice()) return;
  throw new SercliError('device-not-found', { device: path, reason: 'what is there is no character device' });
}

async function takeLock(path: string, directory: string): Promise<UucpLock> {
  try {
    return await UucpLock.take(path, directory);
  } catch (error) {
    if (error instanceof LockedError) {
      throw new SercliError('device-busy', { device: path, holder: holderText(error.holder) }, { cause: error });
    }
    const remedy = `cannot write its lock file (${reasonOf(error)}); ${await accessRemedy(directory)}`;
    throw new SercliError('device-denied', { device: path, remedy }, { cause: error });
  }
}

/**
 * The binding's own poller is never used, but its destructor would take the number of its descriptor out of epoll, when
 * another port may have that number: so it is kept. It is small, and devices are not opened often.
 */
const keptBindings: unknown[] = [];

/** Opens with flock(2), which lasts as long as the descriptor; the descriptor is the caller's from now on. */
async function openLocked(path: string): Promise<number> {
  const binding = await LinuxBinding.open({ path, baudRate: openingBaudRate, lock: true });
  keptBindings.push(binding);
  if (binding.fd === null) throw new Error('the port was closed while it was opened');
  return binding.fd;
}

function prepare(fd: number, settings: LineSettingsChange, hangsUpOnClose: boolean): void {
  const raw = makeRaw(readTermios(fd));
  const control = hangsUpOnClose ? raw.control | termiosFlags.HUPCL : raw.control & ~termiosFlags.HUPCL;
  writeTermios(fd, { ...raw, control }, 'now');
  applyLineSettings(fd, settings);
}

/** The binding says what failed in the words of strerror(3). */
async function asDeviceError(device: string, error: unknown): Promise<SercliError> {
  if (error instanceof SercliError) return error;
  const reason = reasonOf(error);
  const cause = { cause: error };
  if (/permission denied|not permitted/i.test(reason)) {
    return new SercliError('device-denied', { device, remedy: await accessRemedy(device) }, cause);
  }
  if (/cannot lock|resource busy/i.test(reason)) {
    const key = await deviceKey(device);
    const holder = key === undefined ? undefined : (await findHolders('/proc', '/dev')).get(key);
    return new SercliError('device-busy', { device, holder: holderText(holder) }, cause);
  }
  if (/no such (device|file)/i.test(reason)) {
    return new SercliError('device-not-found', { device, reason: 'there is no hardware behind it' }, cause);
  }
  return new SercliError('device-failed', { device, reason }, cause);
}
