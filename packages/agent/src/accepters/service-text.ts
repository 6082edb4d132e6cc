import type { AccessProtocol } from '@sercli/protocol';
import type { UsbIdentity } from '../devices/usb-identity.ts';
import type { AdvertisedService } from './accepter-config.ts';

/** How gensio calls what has to be spoken: who follows it opens exactly this. `auto` understands it as well. */
const gensioStacks: Readonly<Record<AccessProtocol, string>> = {
  auto: 'telnet(rfc2217),tcp',
  rfc2217: 'telnet(rfc2217),tcp',
  telnet: 'telnet,tcp',
  raw: 'tcp',
  // Nothing that follows such advertisements speaks it, and the configuration refuses it.
  nullmodem: 'tcp',
};

/** An entry of a TXT record has 255 bytes at most, its key included (RFC 6763 section 6.1). */
const mostValueBytes = 200;

/**
 * What the TXT record of a service says of the port behind it.
 *
 * - `iostream`: what ser2net says (ser2net.yaml(5), mdns and mdns-sysattrs). openHAB takes it for a USB device that it
 *   can reach by RFC 2217 where the ids are there, and the stack is `telnet(rfc2217),tcp`
 * - `zigbee-coordinator`: Home Assistant knows a coordinator again by its serial number
 */
export function serviceText(
  service: AdvertisedService,
  { protocol, usb, software }: { protocol: AccessProtocol; usb: UsbIdentity | undefined; software: string },
): Record<string, string> {
  const { serialNumber: serial } = usb ?? {};
  switch (service) {
    case 'iostream':
      return present({ provider: 'sercli', software, gensiostack: gensioStacks[protocol], ...usbText(usb) });
    case 'zigbee-coordinator':
      return present({ serial_number: serial });
    case 'zwave':
      return {};
    default:
      return service satisfies never;
  }
}

/** The names and texts of sysfs: ids in hexadecimal without 0x. */
function usbText(usb: UsbIdentity | undefined): Readonly<Record<string, string | undefined>> {
  if (usb === undefined) return { devicetype: 'serial' };
  return {
    devicetype: 'serialusb',
    bInterfaceNumber: usb.interfaceNumber ?? '00',
    interface: usb.interface,
    idProduct: usb.productId,
    idVendor: usb.vendorId,
    serial: usb.serialNumber,
    manufacturer: usb.manufacturer,
    product: usb.product,
  };
}

function present(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) => (value === undefined ? [] : [[key, shortened(value)]])),
  );
}

function shortened(text: string): string {
  let short = text;
  while (Buffer.byteLength(short) > mostValueBytes) short = short.slice(0, -1);
  return short;
}
