import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the USB descriptors say of the device behind a port; the ids are four hexadecimal digits. */
export interface UsbIdentity {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** The function of this port on a device that has several. */
  readonly interface?: string;
}

/**
 * Looks upwards from a port's directory in sysfs for the USB interface and the USB device it belongs to
 * (Linux: Documentation/ABI/stable/sysfs-bus-usb). Undefined if it is not on USB.
 */
export async function readUsbIdentity(directory: string, root: string): Promise<UsbIdentity | undefined> {
  let interfaceName: string | undefined;
  for (let place = directory; place.startsWith(root) && place !== root; place = dirname(place)) {
    interfaceName ??= await readAttribute(place, 'interface');
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
    };
  }
  return undefined;
}

/** The trimmed text of a sysfs file; undefined if there is none, or nothing in it. */
export async function readAttribute(directory: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(directory, name), 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
