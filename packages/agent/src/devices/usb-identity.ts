import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What the USB descriptors say of the device behind a port; the ids are four hexadecimal digits. */
export interface UsbIdentity {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** The function of this port on a device that has several. */
  readonly interface?: string;
  /** And its number, two hexadecimal digits: `00`. */
  readonly interfaceNumber?: string;
}

/**
 * Looks upwards from a port's directory in sysfs for the USB interface and the USB device it belongs to
 * (Linux: Documentation/ABI/stable/sysfs-bus-usb). Undefined if it is not on USB.
 */
export async function readUsbIdentity(directory: string, root: string): Promise<UsbIdentity | undefined> {
  let interfaceName: string | undefined;
  let interfaceNumber: string | undefined;
  for (let place = directory; place.startsWith(root) && place !== root; place = dirname(place)) {
    interfaceName ??= await readAttribute(place, 'interface');
    interfaceNumber ??= await readAttribute(place, 'bInterfaceNumber');
    const vendorId = await readAttribute(place, 'idVendor');
    const productId = await readAttribute(place, 'idProduct');
    if (vendorId === undefined || productId === undefined) continue;
    const [serialNumber, manufacturer, product] = await Promise.all(
      ['serial', 'manufacturer', 'product'].map((name) => readAttribute(place, name)),
    );
    return {
      vendorId,
      productId,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(product === undefined ? {} : { product }),
      ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      ...(interfaceNumber === undefined ? {} : { interfaceNumber }),
    };
  }
  return undefined;
}

/** Of the USB device behind a path as /dev/ttyUSB0 or /dev/serial/by-id/...; undefined if there is none. */
export async function usbIdentityOf(path: string, root = '/sys'): Promise<UsbIdentity | undefined> {
  try {
    const name = basename(await realpath(path));
    const directory = await realpath(join(root, 'class/tty', name, 'device'));
    return await readUsbIdentity(directory, await realpath(root));
  } catch {
    // It is not there now, or no tty.
    return undefined;
  }
}

/** The trimmed text of a sysfs file; undefined if there is none, or nothing in it. */
export async function readAttribute(directory: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(directory, name), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
