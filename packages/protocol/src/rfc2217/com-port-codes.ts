import type { FlowControl, LineSettings, Parity } from '../line-settings.ts';

/** Commands of a client (RFC 2217 section 3); the answer has the code plus `answerOffset`. */
export const comPortCommands = {
  /** A text; empty, it asks for that of the other side. */
  signature: 0,
  /** Four bytes, big endian; of Cisco's clients one, a code of `ciscoBaudRates`. 0 asks. */
  setBaudRate: 1,
  /** 5 to 8; 0 asks. */
  setDataSize: 2,
  /** A code of `parityCodes`; 0 asks. */
  setParity: 3,
  /** A code of `stopCodes`; 0 asks. */
  setStopSize: 4,
  /** One of `controlCodes`. */
  setControl: 5,
  /** Asks for the line state, or of a server tells it. */
  notifyLineState: 6,
  /** Asks for the modem state, or of a server tells it. */
  notifyModemState: 7,
  /** Of either side: send nothing more. Not answered. */
  suspend: 8,
  /** Of either side: send on. Not answered. */
  resume: 9,
  setLineStateMask: 10,
  setModemStateMask: 11,
  /** One of `purgeCodes`. */
  purgeData: 12,
} as const;

export const answerOffset = 100;

export const parityCodes: Readonly<Record<Parity, number>> = { none: 1, odd: 2, even: 3, mark: 4, space: 5 };
export const stopCodes: Readonly<Record<LineSettings['stopBits'], number>> = { 1: 1, 2: 2, 1.5: 3 };

/** SET-CONTROL. Those that end with `Ask` change nothing and are answered with the code of what is in force. */
export const controlCodes = {
  flowAsk: 0,
  flowNone: 1,
  flowSoftware: 2,
  flowHardware: 3,
  breakAsk: 4,
  breakOn: 5,
  breakOff: 6,
  dtrAsk: 7,
  dtrOn: 8,
  dtrOff: 9,
  rtsAsk: 10,
  rtsOn: 11,
  rtsOff: 12,
  inboundFlowAsk: 13,
  inboundFlowNone: 14,
  inboundFlowSoftware: 15,
  inboundFlowHardware: 16,
  dcdFlow: 17,
  dtrFlow: 18,
  dsrFlow: 19,
} as const;

export const flowCodes: Readonly<Record<FlowControl, number>> = {
  none: controlCodes.flowNone,
  software: controlCodes.flowSoftware,
  hardware: controlCodes.flowHardware,
  'hardware+software': controlCodes.flowHardware,
};

/** From the code of flow control both ways to that of the inbound one. */
export const inboundOffset = controlCodes.inboundFlowNone - controlCodes.flowNone;

export const lineStateBits = {
  dataReady: 1,
  overrun: 2,
  parity: 4,
  framing: 8,
  break: 16,
  holdingRegisterEmpty: 32,
  shiftRegisterEmpty: 64,
  timeout: 128,
} as const;

/** The low four say what has changed; of RI, that it has ended. */
export const modemStateBits = {
  ctsChanged: 1,
  dsrChanged: 2,
  ringEnded: 4,
  dcdChanged: 8,
  cts: 16,
  dsr: 32,
  ri: 64,
  dcd: 128,
} as const;

export const purgeCodes = { received: 1, unsent: 2, both: 3 } as const;

/** What the one byte of a Cisco client means, in bits per second. */
export const ciscoBaudRates: ReadonlyMap<number, number> = new Map([
  [3, 300],
  [4, 600],
  [5, 1200],
  [6, 2400],
  [7, 4800],
  [8, 9600],
  [10, 19_200],
  [12, 38_400],
  [13, 57_600],
  [14, 115_200],
  [15, 230_400],
]);

/** The key of a code; undefined if no key has it. */
export function keyOfCode<Key extends string>(codes: Readonly<Record<Key, number>>, code: number): Key | undefined {
  for (const key in codes) if (codes[key] === code) return key;
  return undefined;
}
