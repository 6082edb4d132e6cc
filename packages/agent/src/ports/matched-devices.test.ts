import { describe, expect, it } from 'vitest';
import type { PortConfig } from '../config/config.ts';
import type { DeviceMatch } from '../config/device-match.ts';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { MatchedDevices } from './matched-devices.ts';

const port = (name: string, match: DeviceMatch): PortConfig => ({
  spec: { kind: 'matched', name, match, settings: {} },
  isFixed: false,
  policy: {},
  outputs: {},
  accepters: [],
});
const usb = (number: number, serialNumber: string): DeviceInfo => ({
  path: `/dev/ttyUSB${number}`,
  description: 'USB',
  usb: { vendorId: '0403', productId: '6001', serialNumber },
});
const paths = (assigned: ReadonlyMap<string, DeviceInfo>): Record<string, string> =>
  Object.fromEntries([...assigned].map(([name, { path }]) => [name, path]));

describe('MatchedDevices', () => {
  it('gives a device to the port that says most about it', () => {
    const ports = [port('any', { path: '/dev/ttyUSB*' }), port('plc', { serial: 'B' })];
    expect(paths(new MatchedDevices().assign(ports, [usb(0, 'B'), usb(1, 'A')]))).toEqual({
      plc: '/dev/ttyUSB0',
      any: '/dev/ttyUSB1',
    });
  });

  it('lets a port keep its device when another that fits comes before it', () => {
    const matched = new MatchedDevices();
    const ports = [port('any', { vendor: '0403' })];
    expect(paths(matched.assign(ports, [usb(1, 'A')]))).toEqual({ any: '/dev/ttyUSB1' });
    expect(paths(matched.assign(ports, [usb(0, 'B'), usb(1, 'A')]))).toEqual({ any: '/dev/ttyUSB1' });
    expect(paths(matched.assign(ports, [usb(0, 'B'), usb(3, 'A')]))).toEqual({ any: '/dev/ttyUSB3' });
    expect(paths(matched.assign(ports, [usb(0, 'B')]))).toEqual({ any: '/dev/ttyUSB0' });
  });

  it('gives nothing to a port that nothing fits, and no device twice', () => {
    const ports = [port('one', { serial: 'A' }), port('two', { serial: 'A' }), port('three', { serial: 'C' })];
    expect(paths(new MatchedDevices().assign(ports, [usb(0, 'A')]))).toEqual({ one: '/dev/ttyUSB0' });
  });
});
