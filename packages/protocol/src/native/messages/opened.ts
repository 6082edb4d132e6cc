import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { lineSettings, modemLines, offset, shortText } from './fields.ts';

/**
 * OPENED: the session has the port.
 *
 *     {"name", "device", "epoch", "offset": 0, "limit": 4096, "settings": {...}, "lines": {...}}
 *
 * `epoch` names the run of the device's byte count, `offset` is where in it the first byte to the client stands.
 * `limit` is the offset below which the client may send.
 */
const schema = v.object({
  name: shortText,
  device: v.pipe(v.string(), v.maxLength(4096)),
  epoch: shortText,
  offset,
  limit: offset,
  settings: lineSettings,
  lines: modemLines,
});

export type Opened = v.InferOutput<typeof schema>;
export const openedBody = jsonBody<Opened>(schema);
