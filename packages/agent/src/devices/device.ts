import { constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { SerialLink } from '@sercli/link';
import { type LineSettingsChange, reasonOf, SercliError } from '@sercli/protocol';
import { applyLineSettings, closeFd, makeRaw, readTermios, termiosFlags, tryLockFile, writeTermios } from '@sercli/tty';
import { type DeviceHolder, deviceKey, findHolders, holderText } from './device-holders.ts';
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
  /** Told that another process has the device open without a lock: both read, and each gets a part. */
  readonly warn?: (text: string) => void;
}

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
      const holder = options.warn === undefined ? undefined : await holderOf(path);
      if (holder !== undefined)
        options.warn?.(`${path} is open in ${holderText(holder)} too: each gets a part of what comes`);
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

/** O_NONBLOCK: without waiting for a carrier. In the thread pool, for a driver may take its time. */
const openFlags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;

/**
 * Opens with flock(2), which lasts as long as the descriptor. Nothing is asked of the tty before it is locked: a port
 * that belongs to another program keeps its settings.
 */
async function openLocked(path: string): Promise<number> {
  const fd = await promisify(open)(path, openFlags);
  try {
    if (tryLockFile(fd)) return fd;
    throw new SercliError('device-busy', { device: path, holder: holderText(await holderOf(path)) });
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

async function holderOf(path: string): Promise<DeviceHolder | undefined> {
  const key = await deviceKey(path);
  return key === undefined ? undefined : (await findHolders('/proc', '/dev')).get(key);
}

function prepare(fd: number, settings: LineSettingsChange, hangsUpOnClose: boolean): void {
  const raw = makeRaw(readTermios(fd));
  const control = hangsUpOnClose ? raw.control | termiosFlags.HUPCL : raw.control & ~termiosFlags.HUPCL;
  writeTermios(fd, { ...raw, control }, 'now');
  applyLineSettings(fd, settings);
}

const machine = `${process.platform}-${process.arch}`;

async function asDeviceError(device: string, error: unknown): Promise<SercliError> {
  if (error instanceof SercliError) return error;
  const cause = { cause: error };
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EACCES':
    case 'EPERM':
      return new SercliError('device-denied', { device, remedy: await accessRemedy(device) }, cause);
    case 'EBUSY':
      return new SercliError('device-busy', { device, holder: holderText(await holderOf(device)) }, cause);
    // EIO: a ttyS without a UART opens, and answers nothing.
    case 'EIO':
    case 'ENXIO':
    case 'ENODEV':
    case 'ENOENT':
      return new SercliError('device-not-found', { device, reason: 'there is no hardware behind it' }, cause);
    case 'ENOTSUP': {
      const fields = { what: `opening ${device}`, needs: 'Linux', remedy: 'run the agent on a Linux machine' };
      return new SercliError('unsupported-platform', { ...fields, platform: machine }, cause);
    }
    case 'ERR_NATIVE_MODULE': {
      const fields = { module: 'of @sercli/tty', remedy: 'install again with optional dependencies allowed' };
      return new SercliError('native-module-missing', { ...fields, platform: machine, reason: reasonOf(error) }, cause);
    }
    default:
      return new SercliError('device-failed', { device, reason: reasonOf(error) }, cause);
  }
}
