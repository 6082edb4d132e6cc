import { expect, it } from 'vitest';
import { serviceText } from './service-text.ts';

const usb = {
  vendorId: '0403',
  productId: '6001',
  serialNumber: 'A50285BI',
  manufacturer: 'FTDI',
  product: 'FT232R USB UART',
  interfaceNumber: '01',
};
const software = 'sercli/1';

/** What openHAB asks of an advertisement before it takes it for a USB device (Ser2NetUsbSerialDiscovery). */
function isTakenByOpenhab(text: Readonly<Record<string, string>>): boolean {
  const isHex = (value = ''): boolean => /^[0-9a-f]{1,4}$/i.test(value);
  const { gensiostack, provider, devicetype } = text;
  const isReachable = gensiostack === undefined || gensiostack === 'telnet(rfc2217),tcp';
  const isSerial = provider !== 'ser2net' || devicetype === 'serialusb';
  return isReachable && isSerial && [text.idVendor, text.idProduct, text.bInterfaceNumber].every(isHex);
}

it('tells an iostream as ser2net does', () => {
  expect(serviceText('iostream', { protocol: 'rfc2217', usb, software })).toEqual({
    provider: 'sercli',
    software: 'sercli/1',
    gensiostack: 'telnet(rfc2217),tcp',
    devicetype: 'serialusb',
    bInterfaceNumber: '01',
    idVendor: '0403',
    idProduct: '6001',
    serial: 'A50285BI',
    manufacturer: 'FTDI',
    product: 'FT232R USB UART',
  });
  expect(serviceText('iostream', { protocol: 'raw', usb: undefined, software })).toMatchObject({
    gensiostack: 'tcp',
    devicetype: 'serial',
  });
});

it('is taken by openHAB where RFC 2217 is spoken to a USB device', () => {
  const taken = (['auto', 'rfc2217', 'telnet', 'raw'] as const).map((protocol) =>
    isTakenByOpenhab(serviceText('iostream', { protocol, usb, software })),
  );
  expect(taken).toEqual([true, true, false, false]);
  expect(isTakenByOpenhab(serviceText('iostream', { protocol: 'auto', usb: undefined, software }))).toBe(false);
});

it('keeps its entries within what a TXT record takes', () => {
  const text = serviceText('iostream', { protocol: 'raw', usb: { ...usb, product: 'é'.repeat(300) }, software });
  expect(Buffer.byteLength(`product=${text.product}`)).toBeLessThanOrEqual(255);
});

it('tells a coordinator by its serial number', () => {
  expect(serviceText('zigbee-coordinator', { protocol: 'raw', usb, software })).toEqual({ serial_number: 'A50285BI' });
  expect(serviceText('zwave', { protocol: 'raw', usb, software })).toEqual({});
});
