import { type LineSettings, maxBaudRate, type Parity } from '@sercli/protocol';
import type { Rs485 } from '@sercli/tty';

/** What a connector says of its line. */
export interface LineWords {
  settings: LineSettings;
  hangsUpOnClose: boolean;
  dtr?: boolean;
  rts?: boolean;
  rs485?: Rs485;
}

/** What serialdev of gensio(5) has unless something is said. */
export function defaultLineWords(): LineWords {
  const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flowControl: 'none' } as const;
  return { settings, hangsUpOnClose: false };
}

const parities: Readonly<Record<string, Parity>> = {
  none: 'none',
  even: 'even',
  odd: 'odd',
  mark: 'mark',
  space: 'space',
  n: 'none',
  e: 'even',
  o: 'odd',
  m: 'mark',
  s: 'space',
};

/**
 * Takes one word of a serialdev: `9600n81`, `7DATABITS`, `rtscts`, `-LOCAL`, `dtr=off`.
 *
 * @returns why it is not carried over; undefined if it is
 */
export function takeLineWord(line: LineWords, word: string): string | undefined {
  const { isOn, name, value } = partsOf(word);
  const speed = /^(\d+)(?:([neoms])(?:([5-8])([12])?)?)?$/.exec(name === 'speed' ? value.toLowerCase() : name);
  if (speed !== null) return takeSpeed(line, speed);
  const parity = Object.hasOwn(parities, name === 'parity' ? value.toLowerCase() : name)
    ? parities[name === 'parity' ? value.toLowerCase() : name]
    : undefined;
  if (parity !== undefined) return set(line, { parity });
  const bits = /^([5-8])databits$/.exec(name)?.[1] ?? (name === 'databits' ? value : undefined);
  if (bits !== undefined) return takeDataBits(line, bits);
  const stops = /^([12])stopbits?$/.exec(name)?.[1] ?? (name === 'stopbits' ? value : undefined);
  if (stops !== undefined) return takeStopBits(line, stops);
  return takeNamed(line, name, value, isOn);
}

function partsOf(word: string): { isOn: boolean; name: string; value: string } {
  const [, minus = '', name = '', value] = /^(-?)([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const isOn = minus === '' && !/^(false|off|no|0)$/i.test(value ?? '');
  return { isOn, name: name.toLowerCase().replaceAll('_', '-'), value: value ?? '' };
}

function takeNamed(line: LineWords, name: string, value: string, isOn: boolean): string | undefined {
  switch (name) {
    case 'xonxoff':
    case 'rtscts':
      return takeFlow(line, name === 'rtscts' ? 'hardware' : 'software', isOn);
    case 'local':
      return isOn ? undefined : 'a line that hangs up does not end the session; its state is told to clients';
    case 'hangup-when-done':
      line.hangsUpOnClose = isOn;
      return undefined;
    // A break is never ended by opening a device here; and any speed is taken.
    case 'nobreak':
    case 'custspeed':
      return undefined;
    case 'dtr':
    case 'rts':
      line[name] = isOn;
      return undefined;
    case 'rs485':
      return takeRs485(line, value);
    default:
      return 'it is no word of a serial line';
  }
}

function set(line: LineWords, change: Partial<LineSettings>): undefined {
  line.settings = { ...line.settings, ...change };
}

function takeSpeed(line: LineWords, [, digits, parity, dataBits, stopBits]: RegExpExecArray): string | undefined {
  const baudRate = Number(digits);
  if (baudRate < 1 || baudRate > maxBaudRate) return `the speed must be from 1 to ${maxBaudRate}`;
  set(line, { baudRate });
  if (parity !== undefined) set(line, { parity: parities[parity] ?? 'none' });
  if (dataBits !== undefined) takeDataBits(line, dataBits);
  if (stopBits !== undefined) takeStopBits(line, stopBits);
  return undefined;
}

function takeDataBits(line: LineWords, text: string): string | undefined {
  const found = ([5, 6, 7, 8] as const).find((bits) => String(bits) === text);
  return found === undefined ? 'a character has 5 to 8 bits' : set(line, { dataBits: found });
}

function takeStopBits(line: LineWords, text: string): string | undefined {
  const found = ([1, 2] as const).find((bits) => String(bits) === text);
  return found === undefined ? 'there are 1 or 2 stop bits' : set(line, { stopBits: found });
}

function takeFlow(line: LineWords, kind: 'hardware' | 'software', isOn: boolean): undefined {
  const has = (one: 'hardware' | 'software'): boolean =>
    one === kind ? isOn : line.settings.flowControl.split('+').includes(one);
  const [hardware, software] = [has('hardware'), has('software')];
  if (hardware && software) return set(line, { flowControl: 'hardware+software' });
  return set(line, { flowControl: hardware ? 'hardware' : software ? 'software' : 'none' });
}

/** The kernel makes 100 ms of more (RS485_MAX_RTS_DELAY of drivers/tty/serial/serial_core.c). */
const longestDelayMs = 100;

/** `before:after[:rts_on_send][:rts_after_send][:rx_during_tx][:terminate_bus]`, with delays in milliseconds. */
function takeRs485(line: LineWords, text: string): string | undefined {
  if (text === '' || text === 'off') return undefined;
  const [before, after, ...words] = text.split(':');
  const [delayBeforeSendMs, delayAfterSendMs] = [Number(before), Number(after)];
  const isDelay = (ms: number): boolean => Number.isInteger(ms) && ms >= 0 && ms <= longestDelayMs;
  if (!isDelay(delayBeforeSendMs) || !isDelay(delayAfterSendMs)) return 'its delays are no numbers from 0 to 100';
  const names = words.flatMap((word) => word.split(/[\s|]+/)).map((word) => word.toLowerCase());
  if (names.includes('terminate_bus')) return 'termination of an RS-485 bus is not switched';
  const rtsOnSend = names.includes('rts_on_send') || !names.includes('rts_after_send');
  line.rs485 = { rtsOnSend, delayBeforeSendMs, delayAfterSendMs, rxDuringTx: names.includes('rx_during_tx') };
  return undefined;
}
