import { type FlowControl, type LineSettings, type Parity, parities, SercliError } from '@sercli/protocol';
import type { SerialPortOpenOptions } from './serialport-types.ts';

/**
 * The line settings that node-serialport's options stand for.
 *
 * @throws SercliError `bad-settings` for what a port of an agent cannot have
 */
export function bindingSettings(options: Required<Omit<SerialPortOpenOptions, 'lock' | 'hupcl'>>): LineSettings {
  const { baudRate, dataBits, stopBits, parity } = options;
  return { baudRate, dataBits, stopBits, parity: parityOf(parity), flowControl: flowControlOf(options) };
}

function parityOf(text: string): Parity {
  const parity = parities.find((each) => each === text);
  if (parity === undefined) throw badSettings(`parity ${text}`, `parity is one of ${parities.join(', ')}`);
  return parity;
}

function flowControlOf({
  rtscts,
  xon,
  xoff,
  xany,
}: Pick<Required<SerialPortOpenOptions>, 'rtscts' | 'xon' | 'xoff' | 'xany'>): FlowControl {
  if (xon !== xoff) throw badSettings(xon ? 'xon' : 'xoff', 'a port of an agent has xon and xoff, or neither');
  // Without xon, xany means nothing (IXANY, termios(3)).
  if (xon && xany) throw badSettings('xany', 'a port of an agent goes on at XON alone');
  if (xon) return rtscts ? 'hardware+software' : 'software';
  return rtscts ? 'hardware' : 'none';
}

function badSettings(settings: string, reason: string): SercliError {
  return new SercliError('bad-settings', { settings, reason });
}
