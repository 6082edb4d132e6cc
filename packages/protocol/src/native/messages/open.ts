import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { lineSettingsChange, offset, portName, shortText } from './fields.ts';

/**
 * OPEN: begins a session on a port, on a channel that the sender chooses.
 *
 *     {"port": "ttyS0", "settings": {"baudRate": 9600}, "window": 65536}
 *
 * `settings` are applied before the first byte. The agent may send `window` bytes before the first ACK.
 *
 * Since wire version 2:
 *
 *     {..., "role": "monitor"}                        only to read; "control" if it is missing
 *     {..., "takes": true}                            takes control from who has it
 *     {..., "start": {"kind": "last", "bytes": 65536}}
 *                                                     where in what the port has received the session begins to read
 */
const start = v.variant('kind', [
  /** With what comes from now on; what a device says when it is opened for this session belongs to it. */
  v.object({ kind: v.literal('now') }),
  /** At a byte of an epoch, of the present one if none is named. */
  v.object({ kind: v.literal('offset'), offset, epoch: v.exactOptional(shortText) }),
  /** So many bytes before now. */
  v.object({ kind: v.literal('last'), bytes: offset }),
  /** With what came in the last milliseconds. */
  v.object({ kind: v.literal('since'), ms: offset }),
  /** With the oldest byte that is kept. */
  v.object({ kind: v.literal('all') }),
]);
export const openSchema = v.object({
  port: portName,
  settings: v.optional(lineSettingsChange, {}),
  window: offset,
  role: v.exactOptional(v.picklist(['control', 'monitor'])),
  takes: v.exactOptional(v.boolean()),
  start: v.exactOptional(start),
});

export type Open = v.InferOutput<typeof openSchema>;
/** What a session may do at its port: read, write and set, or only watch. */
export type SessionRole = NonNullable<Open['role']>;
/** Where in what the port has received a session begins to read. */
export type SessionStart = NonNullable<Open['start']>;
export const openBody = jsonBody<Open>(openSchema);
