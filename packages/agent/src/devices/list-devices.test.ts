import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PtyFarEnd } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceKey, findHolders } from './device-holders.ts';
import { type DeviceRoots, listDevices } from './list-devices.ts';

let root: string;
let roots: DeviceRoots;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sercli-list-'));
  roots = {
    sys: join(root, 'sys'),
    proc: join(root, 'proc'),
    dev: join(root, 'dev'),
    locks: join(root, 'locks'),
  };
  for (const directory of Object.values(roots)) await mkdir(directory);
});
afterEach(() => rm(root, { recursive: true }));

/** Files of a tree, by path below the root; one that begins with -> is a symbolic link. */
async function plant(files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true });
    if (content.startsWith('->')) await symlink(join(root, content.slice(2)), place);
    else await writeFile(place, `${content}\n`);
  }
}

describe('listDevices', () => {
  it('lists a device that is unplugged meanwhile, or leaves it out', async () => {
    await plant({ 'sys/devices/usb/ttyUSB0/port_number': '0' });
    const link = { 'sys/class/tty/ttyUSB0/device': '->sys/devices/usb/ttyUSB0' };
    const outcomes = new Set<number>();
    for (let turns = 0; turns < 100; turns++) {
      await plant(link);
      const listing = listDevices(roots, false);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      rmSync(join(root, 'sys/class/tty/ttyUSB0/device'));
      outcomes.add((await listing).length);
    }
    expect([...outcomes].sort()).toEqual([0, 1]);
  });

  it('describes a USB port by its descriptors, and a built-in one by its driver', async () => {
    await plant({
      'sys/devices/pci/usb1/1-2/idVendor': '0403',
      'sys/devices/pci/usb1/1-2/idProduct': '6001',
      'sys/devices/pci/usb1/1-2/serial': 'A50285BI',
      'sys/devices/pci/usb1/1-2/manufacturer': 'FTDI',
      'sys/devices/pci/usb1/1-2/product': 'FT232R USB UART',
      'sys/devices/pci/usb1/1-2/1-2:1.0/ttyUSB0/port_number': '0',
      'sys/class/tty/ttyUSB0/device': '->sys/devices/pci/usb1/1-2/1-2:1.0/ttyUSB0',
      'sys/devices/platform/serial8250/uevent': '',
      'sys/bus/platform/drivers/serial8250/bind': '',
      'sys/devices/platform/serial8250/driver': '->sys/bus/platform/drivers/serial8250',
      'sys/class/tty/ttyS0/device': '->sys/devices/platform/serial8250',
      'sys/class/tty/ttyS0/type': '4',
    });
    expect(await listDevices(roots)).toEqual([
      { path: join(roots.dev, 'ttyS0'), description: 'built-in serial port (serial8250)' },
      {
        path: join(roots.dev, 'ttyUSB0'),
        description: 'FTDI FT232R USB UART',
        usb: {
          vendorId: '0403',
          productId: '6001',
          serialNumber: 'A50285BI',
          manufacturer: 'FTDI',
          product: 'FT232R USB UART',
        },
      },
    ]);
  });

  it('tells the functions of one device apart', async () => {
    await plant({
      'sys/devices/usb1/1-1/idVendor': '1a86',
      'sys/devices/usb1/1-1/idProduct': '55d2',
      'sys/devices/usb1/1-1/1-1:1.2/interface': 'Port B',
      'sys/class/tty/ttyACM1/device': '->sys/devices/usb1/1-1/1-1:1.2',
    });
    const [device] = await listDevices(roots);
    expect(device?.description).toBe('USB device 1a86:55d2 Port B');
    expect(device?.usb).toEqual({ vendorId: '1a86', productId: '55d2', interface: 'Port B' });
  });

  it('leaves out what has no hardware behind it, and sorts by number', async () => {
    const ports = Object.fromEntries(
      ['ttyS10', 'ttyS2', 'ttyAMA0'].map((name) => [`sys/class/tty/${name}/device`, '->sys/devices/platform']),
    );
    await plant({
      'sys/devices/platform/uevent': '',
      'sys/class/tty/tty1/dev': '4:1',
      'sys/class/tty/ptmx/dev': '5:2',
      ...ports,
    });
    const names = (await listDevices(roots)).map(({ path }) => path.slice(roots.dev.length + 1));
    expect(names).toEqual(['ttyAMA0', 'ttyS2', 'ttyS10']);
  });

  it('says why a port is not free', async () => {
    const names = ['ttyS0', 'ttyS1', 'ttyS2', 'ttyS3', 'ttyS4', 'ttyS5', 'ttyS6'];
    const ports = Object.fromEntries(
      names.flatMap((name) => [
        [`sys/class/tty/${name}/device`, '->sys/devices/platform'],
        [`dev/${name}`, ''],
      ]),
    );
    await plant({
      'sys/devices/platform/uevent': '',
      ...ports,
      'proc/consoles': 'ttyS0                -W- (EC  p a)    4:64',
      'sys/class/tty/console/active': 'tty0 ttyS1',
      'sys/class/tty/ttyS2/type': '0',
      'proc/tty/driver/serial':
        'serinfo:1.0 driver revision:\n0: uart:16550A port:000003F8\n3: uart:unknown port:000002E8',
      'proc/4711/comm': 'minicom',
      'proc/4711/fd/5': '->dev/ttyS4',
      'proc/4711/fd/6': '->sys/devices',
      'proc/4712/comm': 'pppd',
      'locks/LCK..placeholder': '',
    });
    const lock = join(roots.locks, `LCK..${join(roots.dev, 'ttyS5').replaceAll('/', '_')}`);
    await writeFile(lock, '      4712\n');
    const reasons = (await listDevices(roots)).map(({ unavailable }) => unavailable?.reason);
    expect(reasons).toEqual([
      "it is the kernel's console",
      "it is the kernel's console",
      'there is no hardware behind it',
      'there is no hardware behind it',
      'minicom (process 4711) has it open',
      'pppd (process 4712) has locked it',
      undefined,
    ]);
  });

  it('finds nothing on a machine that shows nothing', async () => {
    expect(await listDevices({ ...roots, sys: join(root, 'none'), proc: join(root, 'none') })).toEqual([]);
  });

  it('works on this machine, and opens nothing', async () => {
    for (const { path, description } of await listDevices()) {
      expect(path).toMatch(/^\/dev\/tty[A-Za-z]/);
      expect(description).not.toBe('');
    }
  });
});

describe('findHolders', () => {
  it('sees by its number which process has a device open', async () => {
    const farEnd = new PtyFarEnd();
    const holder = spawn('sh', ['-c', 'exec 3<>"$0"; echo open; read line', farEnd.path]);
    await once(holder.stdout, 'data');
    const key = (await deviceKey(farEnd.path)) ?? '';
    expect((await findHolders('/proc', '/dev')).get(key)).toEqual({ pid: holder.pid, program: 'sh' });
    holder.stdin.end('\n');
    await once(holder, 'exit');
    expect((await findHolders('/proc', '/dev')).has(key)).toBe(false);
    farEnd.close();
  });
});
