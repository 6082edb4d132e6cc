import { SercliError } from './errors.ts';

/** The parities there are; mark and space are constant bits. */
export const parities = ['none', 'even', 'odd', 'mark', 'space'] as const;
/** The kinds of flow control there are. */
export const flowControls = ['none', 'hardware', 'software', 'hardware+software'] as const;

/** One of `parities`. */
export type Parity = (typeof parities)[number];
/** `hardware` is RTS/CTS, `software` XON/XOFF. */
export type FlowControl = (typeof flowControls)[number];

/** How a serial line is driven, in the words of node-serialport and Web Serial. */
export interface LineSettings {
  /** Bits per second. */
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: Parity;
  readonly stopBits: 1 | 1.5 | 2;
  readonly flowControl: FlowControl;
}

/** Line settings of which only those change that are named. */
export type LineSettingsChange = Partial<LineSettings>;

/** What a port has when nobody said anything else. */
export const defaultLineSettings: LineSettings = {
  baudRate: 115200,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flowControl: 'none',
};

/** The highest speed that fits the kernel's `speed_t` sensibly (termios2 c_ospeed, tty_ioctl(4)), in bits per second. */
export const maxBaudRate = 100_000_000;

const parityLetters: Record<string, Parity> = { n: 'none', e: 'even', o: 'odd', m: 'mark', s: 'space' };
const flowWords: Record<string, FlowControl> = {
  rtscts: 'hardware',
  hardware: 'hardware',
  xonxoff: 'software',
  software: 'software',
  none: 'none',
};

/**
 * Reads line settings in the field's short forms: `115200`, `9600,7E1`, `115200n81`, `115200,8N1,rtscts`, `,rtscts,xonxoff`.
 * After the speed the format is either data bits, parity, stop bits (`7E1`, as people write it) or parity, data bits,
 * stop bits (`n81`, as gensio writes it). What is not said is not in the answer.
 *
 * @throws SercliError `bad-settings`
 */
export function parseLineSettings(text: string): LineSettingsChange {
  const change: { -readonly [Key in keyof LineSettings]?: LineSettings[Key] } = {};
  const put = <Key extends keyof LineSettings>(key: Key, value: LineSettings[Key]): void => {
    if (change[key] !== undefined) throw badSettings(text, `${key} is given twice`);
    change[key] = value;
  };
  for (const word of text.split(/[,\s]+/).filter((part) => part !== '')) {
    const flow = Object.hasOwn(flowWords, word.toLowerCase()) ? flowWords[word.toLowerCase()] : undefined;
    if (flow !== undefined) {
      change.flowControl = joinFlow(change.flowControl, flow, text);
      continue;
    }
    const match = /^(\d+(?=$|[neoms]\d)|)(?:([5-8])([neoms])([12]|1\.5)|([neoms])([5-8])([12]|1\.5)?|)$/i.exec(word);
    if (match === null || word === '') throw badSettings(text, `"${word}" is not a speed, a format or a flow control`);
    const [, speed, bitsFirst, parityAfter, stopAfter, parityFirst, bitsAfter, stopLast] = match;
    if (speed) put('baudRate', parseBaudRate(speed, text));
    const bits = bitsFirst ?? bitsAfter;
    if (bits === undefined) continue;
    put('dataBits', Number(bits) as LineSettings['dataBits']);
    put('parity', parityLetters[(parityAfter ?? parityFirst ?? 'n').toLowerCase()] ?? 'none');
    put('stopBits', Number(stopAfter ?? stopLast ?? '1') as LineSettings['stopBits']);
  }
  if (Object.keys(change).length === 0) throw badSettings(text, 'nothing is said');
  return change;
}

/** Writes settings the way people read them: `115200 8N1`, `9600 7E1 rtscts`. */
export function formatLineSettings(settings: LineSettings): string {
  const letter = settings.parity.charAt(0).toUpperCase();
  const flow = { none: '', hardware: ' rtscts', software: ' xonxoff', 'hardware+software': ' rtscts xonxoff' };
  return `${settings.baudRate} ${settings.dataBits}${letter}${settings.stopBits}${flow[settings.flowControl]}`;
}

/** Whether two settings are the same. */
export function equalLineSettings(one: LineSettings, other: LineSettings): boolean {
  return lineSettingKeys.every((key) => one[key] === other[key]);
}

/** The names of all line settings. */
export const lineSettingKeys = [
  'baudRate',
  'dataBits',
  'parity',
  'stopBits',
  'flowControl',
] as const satisfies readonly (keyof LineSettings)[];

/** Whether all that `change` names is as it says. */
export function hasLineSettings(settings: LineSettings, change: LineSettingsChange): boolean {
  return lineSettingKeys.every((key) => change[key] === undefined || change[key] === settings[key]);
}

/** Bits on the wire for one character: start bit, data bits, parity bit and stop bits. */
export function bitsPerCharacter(settings: LineSettings): number {
  return 1 + settings.dataBits + (settings.parity === 'none' ? 0 : 1) + settings.stopBits;
}

function parseBaudRate(digits: string, text: string): number {
  const baudRate = Number(digits);
  if (baudRate < 1 || baudRate > maxBaudRate) throw badSettings(text, `the speed must be from 1 to ${maxBaudRate}`);
  return baudRate;
}

function joinFlow(before: FlowControl | undefined, flow: FlowControl, text: string): FlowControl {
  if (before === undefined || before === flow) return flow;
  if (before === 'none' || flow === 'none') throw badSettings(text, 'flow control is given and denied');
  return 'hardware+software';
}

function badSettings(settings: string, reason: string): SercliError {
  return new SercliError('bad-settings', { settings, reason });
}
