import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { lineSettings, modemInputs, offset, sequenceNumber } from './fields.ts';

/**
 * EVENT: something that happened on the port besides bytes, at its place among them: after those below `offset`.
 *
 *     {"sequence": 1, "offset": 812, "event": {"kind": "break"}}
 *     {"sequence": 2, "offset": 812, "event": {"kind": "gap", "bytes": 4096}}    bytes missing: nobody knows how many
 *     {"sequence": 3, "offset": 4908, "event": {"kind": "line-error", "error": "parity"}}
 *     {"sequence": 4, "offset": 4908, "event": {"kind": "inputs", "inputs": {"cts": true, ...}}}
 *     {"sequence": 5, "offset": 4908, "event": {"kind": "settings", "settings": {...}}}
 */
const schema = v.object({
  sequence: sequenceNumber,
  offset,
  event: v.variant('kind', [
    v.object({ kind: v.literal('break') }),
    v.object({ kind: v.literal('gap'), bytes: v.exactOptional(offset) }),
    v.object({ kind: v.literal('line-error'), error: v.picklist(['parity', 'framing', 'overrun']) }),
    v.object({ kind: v.literal('inputs'), inputs: modemInputs }),
    v.object({ kind: v.literal('settings'), settings: lineSettings }),
  ]),
});

export type Event = v.InferOutput<typeof schema>;
export type PortEvent = Event['event'];
export const eventBody = jsonBody<Event>(schema);
