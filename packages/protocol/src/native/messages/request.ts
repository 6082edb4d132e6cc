import * as v from 'valibot';
import type { LineSettingsChange } from '../../line-settings.ts';
import type { FlushQueue, SequenceStep } from '../../modem-lines.ts';
import { jsonBody } from '../body.ts';
import { lineSettingsChange, offset, sequenceNumber } from './fields.ts';

/**
 * REQUEST: something to do to the port, in order with the bytes: when those below `offset` have been handed on.
 * A flush overtakes and discards bytes below `offset`.
 *
 *     {"sequence": 1, "offset": 0, "request": {"kind": "configure", "change": {"baudRate": 57600}}}
 *     {"sequence": 2, "offset": 0, "request": {"kind": "run-sequence", "steps": [{"dtr": false, "waitMs": 100}, {"dtr": true}]}}
 *     {"sequence": 3, "offset": 9, "request": {"kind": "drain"}}
 *     {"sequence": 4, "offset": 9, "request": {"kind": "flush", "queue": "unsent"}}
 */
export const sequenceStep: v.GenericSchema<unknown, SequenceStep> = v.object({
  dtr: v.exactOptional(v.boolean()),
  rts: v.exactOptional(v.boolean()),
  break: v.exactOptional(v.boolean()),
  waitMs: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
});
export const requestSchema = v.object({
  sequence: sequenceNumber,
  offset,
  request: v.variant('kind', [
    v.object({ kind: v.literal('configure'), change: lineSettingsChange }),
    v.object({ kind: v.literal('run-sequence'), steps: v.array(sequenceStep) }),
    v.object({ kind: v.literal('drain') }),
    v.object({ kind: v.literal('flush'), queue: v.picklist(['received', 'unsent', 'both']) }),
  ]),
});

/** What can be asked of a port besides carrying bytes. */
export type PortRequest =
  | { kind: 'configure'; change: LineSettingsChange }
  | { kind: 'run-sequence'; steps: readonly SequenceStep[] }
  | { kind: 'drain' }
  | { kind: 'flush'; queue: FlushQueue };

export interface Request {
  sequence: number;
  offset: number;
  request: PortRequest;
}

export const requestBody = jsonBody<Request>(requestSchema);
