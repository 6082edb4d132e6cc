import { constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { type LineSettingsChange, type ModemOutputs, reasonOf, SercliError } from '@sercli/protocol';
import { closeFd, KernelTty, openTty, type Rs485, setOutputs, tryLockFile } from '@sercli/tty';
import { JoinedCalls } from '../joined-calls.ts';
import { type DeviceHolder, deviceKey, findHolders, holderText } from './device-holders.ts';
import type { DeviceLink } from './device-link.ts';
import { accessRemedy } from './device-permission.ts';
import { prepareDevice } from './prepare-device.ts';
import { TtyLink, type TtyLinkOptions } from './tty-link.ts';
import { LockedError, lockDirectory, UucpLock } from './uucp-lock.ts';

export interface DeviceOptions {
  /** The port's name; the last part of the path if it is not given. */
  readonly name?: string;
  /** Whether DTR and RTS fall when the port is closed (HUPCL, termios(3)); yes if it is not given. */
  readonly hangsUpOnClose?: boolean;
  /** What DTR and RTS are to be at once. The kernel raises both when it opens a tty; the others stay so. */
  readonly outputs?: Partial<ModemOutputs>;
  /** Whether the driver hands on at once what it receives; where it can, if it is not given. */
  readonly lowLatency?: boolean;
  /** How the driver turns a two-wire line around; as the driver has it, if it is not given. */
  readonly rs485?: Rs485;
  /** Where lock files are; /var/lock if it is not given. */
  readonly lockDirectory?: string;
  /** Whether a lock file is made; yes if it is not given. The device is locked with flock(2) in any case. */
  readonly takesLockFile?: boolean;
  /** Told what the user should know, though the device could be opened. */
  readonly warn?: (text: string) => void;
}

/**
 * Opens and locks a tty, puts it into raw mode and applies `settings`; the link says which are in force then.
 *
 * @throws SercliError `device-not-found`, `device-denied`, `device-busy`, `no-modem-lines`, `no-rs485`, `device-failed`
 */
export async function openDevice(
  path: string,
  settings: LineSettingsChange = {},
  options: DeviceOptions = {},
): Promise<DeviceLink> {
  await requireTty(path);
  const takesLockFile = options.takesLockFile ?? true;
  const lock = takesLockFile ? await takeLock(path, options.lockDirectory ?? lockDirectory) : new UucpLock();
  try {
    const fd = await openLocked(path, options.outputs);
    try {
      prepareDevice(path, fd, settings, options);
    } catch (error) {
      closeFd(fd);
      throw error;
    }
    // All processes are looked at, which takes its time: nobody waits for that.
    if (options.warn !== undefined) void warnOfOthers(path, options.warn);
    const info = { name: options.name ?? basename(path), device: path };
    return await linkTo(new KernelTty(fd), { info, release: () => lock.release() });
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

async function linkTo(tty: KernelTty, options: Omit<TtyLinkOptions, 'tty'>): Promise<DeviceLink> {
  try {
    return new TtyLink({ ...options, tty });
  } catch (error) {
    await tty.close();
    throw error;
  }
}

/** O_NONBLOCK: without waiting for a carrier. In the thread pool, for a driver may take its time. */
const openFlags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;

/**
 * Opens with flock(2), which lasts as long as the descriptor. Nothing is asked of the tty before it is locked: a port
 * that belongs to another program keeps its settings.
 */
async function openLocked(path: string, outputs: Partial<ModemOutputs> = {}): Promise<number> {
  const mustLower = outputs.dtr === false || outputs.rts === false;
  // The kernel raises both outputs: without a turn of the event loop in between, the pulse is as short as can be.
  const fd = mustLower ? openTty(path) : await promisify(open)(path, openFlags);
  try {
    if (!tryLockFile(fd))
      throw new SercliError('device-busy', { device: path, holder: holderText(await holderOf(path)) });
    const isSet = Object.keys(outputs).length === 0 || setOutputs(fd, outputs);
    // Outputs that are not there are low.
    if (!isSet && (outputs.dtr || outputs.rts)) throw new SercliError('no-modem-lines', { device: path });
    return fd;
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}

async function warnOfOthers(path: string, warn: (text: string) => void): Promise<void> {
  const holder = await holderOf(path);
  if (holder !== undefined) warn(`${path} is open in ${holderText(holder)} too: each gets a part of what comes`);
}

/** Many ports may be opened at the same time, and each asks for the same. */
const holders = new JoinedCalls(() => findHolders('/proc', '/dev'));

async function holderOf(path: string): Promise<DeviceHolder | undefined> {
  const key = await deviceKey(path);
  return key === undefined ? undefined : (await holders.call()).get(key);
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
