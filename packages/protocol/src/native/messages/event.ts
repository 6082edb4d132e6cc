import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { controller, lineSettings, modemInputs, modemLines, modemOutputs, offset, sequenceNumber } from './fields.ts';

/**
 * EVENT: something that happened on the port besides bytes, at its place among them: after those below `offset`.
 *
 *     {"sequence": 1, "offset": 812, "event": {"kind": "break"}}
 *     {"sequence": 2, "offset": 812, "event": {"kind": "gap", "bytes": 4096}}    bytes missing: nobody knows how many
 *     {"sequence": 3, "offset": 4908, "event": {"kind": "line-error", "error": "parity"}}
 *     {"sequence": 4, "offset": 4908, "event": {"kind": "inputs", "inputs": {"cts": true, ...}}}
 *     {"sequence": 5, "offset": 4908, "event": {"kind": "settings", "settings": {...}}}
 *
 * Since wire version 2:
 *
 *     {"kind": "inputs", "inputs": {...}, "outputs": {"dtr": true, "rts": false}}
 *                                                              the outputs too, whoever set them
 *     {"kind": "lost", "reason": "it was unplugged"}           the device is gone and may come back
 *     {"kind": "back", "settings": {...}, "lines": {...}}      it is there again
 *     {"kind": "drained", "sent": 512}                         the client's bytes below `sent` have left the device
 *     {"kind": "in-doubt", "bytes": 16}                        so many of them may or may not have left it when it went
 *     {"kind": "control", "isYours": false, "taken": 96, "controller": {...}}
 *                                                              another client controls the port, or where it is yours,
 *                                                              shares it; of the client's bytes, those below `taken`
 *                                                              were handed to the device
 *     {"kind": "hold", "isHeld": true}                         the device is held back until who controls the port reads
 */
const schema = v.object({
  sequence: sequenceNumber,
  offset,
  event: v.variant('kind', [
    v.object({ kind: v.literal('break') }),
    v.object({ kind: v.literal('gap'), bytes: v.exactOptional(offset) }),
    v.object({ kind: v.literal('line-error'), error: v.picklist(['parity', 'framing', 'overrun']) }),
    v.object({ kind: v.literal('inputs'), inputs: modemInputs, outputs: v.exactOptional(modemOutputs) }),
    v.object({ kind: v.literal('settings'), settings: lineSettings }),
    v.object({ kind: v.literal('lost'), reason: v.string() }),
    v.object({ kind: v.literal('back'), settings: lineSettings, lines: modemLines }),
    v.object({ kind: v.literal('drained'), sent: offset }),
    v.object({ kind: v.literal('in-doubt'), bytes: offset }),
    v.object({
      kind: v.literal('control'),
      isYours: v.boolean(),
      taken: offset,
      controller: v.exactOptional(controller),
    }),
    v.object({ kind: v.literal('hold'), isHeld: v.boolean() }),
  ]),
});

export type Event = v.InferOutput<typeof schema>;
/** What happened at a port besides bytes, told to its client. */
export type PortEvent = Event['event'];
export const eventBody = jsonBody<Event>(schema);

const firstKinds: readonly PortEvent['kind'][] = ['break', 'gap', 'line-error', 'inputs', 'settings'];

/** Peers of wire version 1 do not know the event. */
export function isSinceWire2({ kind }: PortEvent): boolean {
  return !firstKinds.includes(kind);
}

const presentKinds: readonly PortEvent['kind'][] = ['inputs', 'settings', 'drained', 'hold'];

/** The event tells how things are, so that only the last of its kind counts. */
export function isAboutPresent({ kind }: PortEvent): boolean {
  return presentKinds.includes(kind);
}
