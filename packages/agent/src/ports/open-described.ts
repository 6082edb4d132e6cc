import {
  equalLineSettings,
  formatLineSettings,
  type LineSettings,
  type ModemOutputs,
  toSercliError,
} from '@sercli/protocol';
import type { DeviceLink } from '../devices/device-link.ts';
import type { PortDescription } from './port-description.ts';

/**
 * Opens the device of a port.
 *
 * @param outputs as the device had them before it was lost
 * @param warn is told what the user should know, though the port could be opened
 * @throws SercliError what opening the device throws
 */
export async function openDescribed(
  description: PortDescription,
  settings: LineSettings,
  warn: (text: string) => void,
  outputs?: ModemOutputs,
): Promise<DeviceLink> {
  const source = await description.open(settings, warn, outputs);
  if (!equalLineSettings(source.settings, settings)) {
    const inForce = formatLineSettings(source.settings);
    warn(`asked for ${formatLineSettings(settings)}, and ${description.device} has ${inForce}`);
  }
  const { dtr, rts } = outputs ?? source.lines;
  // Also a device without modem lines is as it was.
  if (dtr === source.lines.dtr && rts === source.lines.rts) return source;
  try {
    await source.runSequence([{ dtr, rts }]);
    return source;
  } catch (error) {
    source.abort(toSercliError(error));
    throw error;
  }
}
