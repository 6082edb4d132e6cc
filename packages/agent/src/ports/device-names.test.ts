import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { DeviceNames } from './device-names.ts';

const ftdi = (number: number, serialNumber?: string): DeviceInfo => ({
  path: `/dev/ttyUSB${number}`,
  description: 'FTDI FT232R',
  usb: { vendorId: '0403', productId: '6001', ...(serialNumber === undefined ? {} : { serialNumber }) },
});

const none = new Set<string>();
const namesOf = (assigned: ReadonlyMap<string, string>): Record<string, string> => Object.fromEntries(assigned);

describe('DeviceNames', () => {
  it('keeps the name of a device that comes back under another path', () => {
    const names = new DeviceNames();
    names.assign([ftdi(0, 'A'), ftdi(1, 'B')], none);
    expect(namesOf(names.assign([ftdi(0, 'B'), ftdi(1, 'A')], none))).toEqual({
      '/dev/ttyUSB0': 'ttyUSB1',
      '/dev/ttyUSB1': 'ttyUSB0',
    });
  });

  it('gives a new device a name of its own while the one it would have belongs to a lost one', () => {
    const names = new DeviceNames();
    names.assign([ftdi(0, 'A')], none);
    expect(namesOf(names.assign([ftdi(0, 'B')], none))).toEqual({ '/dev/ttyUSB0': 'ttyUSB0-2' });
    expect(namesOf(names.assign([ftdi(0, 'B'), ftdi(1, 'A')], none))).toEqual({
      '/dev/ttyUSB0': 'ttyUSB0-2',
      '/dev/ttyUSB1': 'ttyUSB0',
    });
  });

  it('tells the functions of one device apart', () => {
    const names = new DeviceNames();
    const [one, two] = ['JTAG', 'UART'].map((name, number) => {
      const device = ftdi(number, 'A');
      return { ...device, usb: { vendorId: '0403', productId: '6010', serialNumber: 'A', interface: name } };
    });
    if (one === undefined || two === undefined) throw new Error('two devices were made');
    names.assign([one, two], none);
    const swapped = [
      { ...two, path: '/dev/ttyUSB0' },
      { ...one, path: '/dev/ttyUSB1' },
    ];
    expect(namesOf(names.assign(swapped, none))).toEqual({ '/dev/ttyUSB0': 'ttyUSB1', '/dev/ttyUSB1': 'ttyUSB0' });
  });

  it('uses the by-id name where there is no serial number, and the path where there is neither', () => {
    const names = new DeviceNames();
    names.assign(
      [
        { ...ftdi(0), byId: 'usb-1a86-if00' },
        { path: '/dev/ttyS0', description: 'built in' },
      ],
      none,
    );
    const moved = [
      { ...ftdi(3), byId: 'usb-1a86-if00' },
      { path: '/dev/ttyS0', description: 'built in' },
    ];
    expect(namesOf(names.assign(moved, none))).toEqual({ '/dev/ttyUSB3': 'ttyUSB0', '/dev/ttyS0': 'ttyS0' });
  });

  it('tells two apart that claim the same serial number', () => {
    const names = new DeviceNames();
    expect(namesOf(names.assign([ftdi(0, '0001'), ftdi(1, '0001')], none))).toEqual({
      '/dev/ttyUSB0': 'ttyUSB0',
      '/dev/ttyUSB1': 'ttyUSB1',
    });
  });

  it('leaves names alone that were given to other ports', () => {
    expect(namesOf(new DeviceNames().assign([ftdi(0, 'A')], new Set(['ttyUSB0'])))).toEqual({
      '/dev/ttyUSB0': 'ttyUSB0-2',
    });
  });
});
