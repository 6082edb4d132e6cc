import * as v from 'valibot';
import { portNamePattern } from '../../address.ts';
import {
  flowControls,
  type LineSettings,
  type LineSettingsChange,
  maxBaudRate,
  parities,
} from '../../line-settings.ts';
import type { ModemInputs, ModemLines, ModemOutputs } from '../../modem-lines.ts';

/** Shapes that several messages carry. */

export const offset: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const sequenceNumber: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(0xffffffff),
);
export const shortText: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(256));
export const portName: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.regex(portNamePattern));

const settingsEntries = {
  baudRate: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxBaudRate)),
  dataBits: v.picklist([5, 6, 7, 8]),
  parity: v.picklist(parities),
  stopBits: v.picklist([1, 1.5, 2]),
  flowControl: v.picklist(flowControls),
} as const;

export const lineSettings: v.GenericSchema<unknown, LineSettings> = v.object(settingsEntries);
export const lineSettingsChange: v.GenericSchema<unknown, LineSettingsChange> = v.object({
  baudRate: v.exactOptional(settingsEntries.baudRate),
  dataBits: v.exactOptional(settingsEntries.dataBits),
  parity: v.exactOptional(settingsEntries.parity),
  stopBits: v.exactOptional(settingsEntries.stopBits),
  flowControl: v.exactOptional(settingsEntries.flowControl),
});

const outputEntries = { dtr: v.boolean(), rts: v.boolean() };
const inputEntries = { cts: v.boolean(), dsr: v.boolean(), dcd: v.boolean(), ri: v.boolean() };

export const modemInputs: v.GenericSchema<unknown, ModemInputs> = v.object(inputEntries);
export const modemOutputs: v.GenericSchema<unknown, ModemOutputs> = v.object(outputEntries);
export const modemLines: v.GenericSchema<unknown, ModemLines> = v.object({ ...outputEntries, ...inputEntries });

/** Who controls a port: a client's name and its address; since when, in ISO 8601. */
interface SoleController {
  readonly name: string;
  readonly address: string;
  readonly since: string;
}

/** Who controls a port, and since when. */
export interface Controller extends SoleController {
  /** Some of those who control the port with it, for less long; missing: it does so alone. */
  readonly others?: readonly SoleController[];
}

const soleController = { name: shortText, address: shortText, since: shortText };

export const controller: v.GenericSchema<unknown, Controller> = v.object({
  ...soleController,
  others: v.exactOptional(v.array(v.object(soleController))),
});
