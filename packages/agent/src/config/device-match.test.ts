import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../devices/list-devices.ts';
import { compareMatches, type DeviceMatch, matchesDevice } from './device-match.ts';

const adapter: DeviceInfo = {
  path: '/dev/ttyUSB0',
  description: 'FTDI FT232R USB UART',
  usb: { vendorId: '0403', productId: 'EA60', serialNumber: 'A50285BI' },
  byId: 'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0',
};
const builtIn: DeviceInfo = { path: '/dev/ttyS0', description: 'built-in serial port' };

describe('matchesDevice', () => {
  it.each<[DeviceMatch, boolean]>([
    [{ serial: 'A50285BI' }, true],
    [{ serial: 'a50285bi' }, false],
    [{ byId: 'usb-FTDI_*_A50285BI-if0?-port0' }, true],
    [{ byId: 'usb-FTDI' }, false],
    [{ path: '/dev/ttyUSB*' }, true],
    [{ path: '/dev/ttyUSB?' }, true],
    [{ path: '/dev/ttyUSB??' }, false],
    [{ path: '/*' }, false],
    [{ path: '/dev/tty.SB0' }, false],
    [{ vendor: '0403', product: 'ea60' }, true],
    [{ vendor: '0403', product: '6001' }, false],
    [{ serial: 'A50285BI', path: '/dev/ttyS*' }, false],
  ])('an adapter by %j: %s', (match, isMatch) => {
    expect(matchesDevice(match, adapter)).toBe(isMatch);
  });

  it.each<[DeviceMatch, boolean]>([
    [{ path: '/dev/ttyS0' }, true],
    [{ serial: 'A50285BI' }, false],
    [{ byId: '*' }, false],
    [{ vendor: '0403' }, false],
  ])('a built-in port by %j: %s', (match, isMatch) => {
    expect(matchesDevice(match, builtIn)).toBe(isMatch);
  });
});

it('puts the match first that says most about its device', () => {
  const matches: DeviceMatch[] = [
    { vendor: '0403' },
    { path: '/dev/a' },
    { vendor: '0403', product: '6001' },
    { byId: 'a*' },
    { serial: '1' },
    { serial: '1', path: '/dev/*' },
  ];
  expect(matches.sort(compareMatches)).toEqual([
    { serial: '1', path: '/dev/*' },
    { serial: '1' },
    { byId: 'a*' },
    { path: '/dev/a' },
    { vendor: '0403', product: '6001' },
    { vendor: '0403' },
  ]);
});
