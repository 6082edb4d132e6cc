import { type LineSettings, type LineSettingsChange, parities } from '../line-settings.ts';
import type { ComPort } from './com-port.ts';
import { ciscoBaudRates, comPortCommands, parityCodes, stopCodes } from './com-port-codes.ts';

const { setBaudRate, setDataSize, setParity, setStopSize } = comPortCommands;

/** A device that has the speed that was asked for within so much, in parts of it, has that speed: receivers bear more. */
const speedTolerance = 0.03;

/** The four settings that have a command of their own. */
type Setting = 'baudRate' | 'dataBits' | 'parity' | 'stopBits';
type Asked = Partial<Pick<LineSettings, Setting>>;

const settingOf: ReadonlyMap<number, Setting> = new Map([
  [setBaudRate, 'baudRate'],
  [setDataSize, 'dataBits'],
  [setParity, 'parity'],
  [setStopSize, 'stopBits'],
]);

/**
 * SET-BAUDRATE, SET-DATASIZE, SET-PARITY and SET-STOPSIZE. Each is answered with what is in force; a client that was told
 * otherwise than it asked takes that for a refusal, so a speed that is near enough is answered as asked.
 */
export class ComPortSettings {
  readonly #port: ComPort;
  readonly #answer: (command: number, value: Uint8Array) => void;
  /** What was asked for and is not in force, or not known to be. */
  #asked: Asked = {};

  constructor(port: ComPort, answer: (command: number, value: Uint8Array) => void) {
    this.#port = port;
    this.#answer = answer;
  }

  /** @returns whether the command is one of these */
  receive(command: number, value: Uint8Array): boolean {
    const setting = settingOf.get(command);
    if (setting === undefined) return false;
    const asked = decode(setting, value);
    if (asked === 'malformed') return true;
    if (asked === undefined) this.#answer(command, this.#encode(setting, value.length));
    else this.#set(setting, asked, command, value);
    return true;
  }

  #set(setting: Setting, asked: Asked, command: number, value: Uint8Array): void {
    this.#asked = { ...this.#asked, ...asked };
    let isAnswered = false;
    this.#port.configure(asked, (outcome) => {
      const isMet = outcome === 'as-asked' || isNear(setting, outcome, asked);
      // One that was asked for later is another matter.
      if (outcome !== 'as-asked' && this.#asked[setting] === asked[setting]) this.#forget(setting);
      if (isMet && isAnswered) return;
      isAnswered = true;
      this.#answer(command, isMet ? value : this.#encode(setting, value.length));
    });
  }

  #forget(setting: Setting): void {
    const { [setting]: _, ...others } = this.#asked;
    this.#asked = others;
  }

  #encode(setting: Setting, length: number): Uint8Array {
    const { baudRate, dataBits, parity, stopBits } = { ...this.#port.settings, ...this.#asked };
    switch (setting) {
      case 'baudRate':
        return encodeBaudRate(baudRate, length);
      case 'dataBits':
        return Uint8Array.of(dataBits);
      case 'parity':
        return Uint8Array.of(parityCodes[parity]);
      case 'stopBits':
        return Uint8Array.of(stopCodes[stopBits]);
      default:
        return setting satisfies never;
    }
  }
}

function isNear(setting: Setting, inForce: LineSettings, asked: LineSettingsChange): boolean {
  if (setting !== 'baudRate') return inForce[setting] === asked[setting];
  const wanted = asked.baudRate ?? 0;
  return Math.abs(inForce.baudRate - wanted) <= wanted * speedTolerance;
}

/** undefined: the client asks, or wants what there is not, which is answered in the same way. */
function decode(setting: Setting, value: Uint8Array): Asked | undefined | 'malformed' {
  if (setting === 'baudRate') return decodeBaudRate(value);
  const code = value[0];
  if (code === undefined) return 'malformed';
  switch (setting) {
    case 'dataBits': {
      const dataBits = ([5, 6, 7, 8] as const).find((bits) => bits === code);
      return dataBits === undefined ? undefined : { dataBits };
    }
    case 'parity': {
      const parity = parities.find((name) => parityCodes[name] === code);
      return parity === undefined ? undefined : { parity };
    }
    case 'stopBits': {
      const stopBits = ([1, 1.5, 2] as const).find((bits) => stopCodes[bits] === code);
      return stopBits === undefined ? undefined : { stopBits };
    }
    default:
      return setting satisfies never;
  }
}

function decodeBaudRate(value: Uint8Array): Asked | undefined | 'malformed' {
  if (value.length === 1) {
    const baudRate = ciscoBaudRates.get(value[0] ?? 0);
    return baudRate === undefined ? undefined : { baudRate };
  }
  if (value.length < 4) return 'malformed';
  const baudRate = new DataView(value.buffer, value.byteOffset).getUint32(0);
  return baudRate === 0 ? undefined : { baudRate };
}

/** As many bytes as the client sent; a speed that one byte cannot tell is told as 0. */
function encodeBaudRate(baudRate: number, length: number): Uint8Array {
  if (length === 1) {
    const code = [...ciscoBaudRates].find(([, speed]) => speed === baudRate)?.[0];
    return Uint8Array.of(code ?? 0);
  }
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, baudRate);
  return value;
}
