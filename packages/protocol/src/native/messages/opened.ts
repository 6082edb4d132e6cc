import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { controller, lineSettings, modemLines, offset, shortText } from './fields.ts';

/**
 * OPENED: the session has the port.
 *
 *     {"name", "device", "epoch", "offset": 0, "limit": 4096, "settings": {...}, "lines": {...}}
 *
 * `epoch` names the run of the device's byte count, `offset` is where in it the first byte to the client stands.
 * `limit` is the offset below which the client may send.
 *
 * Since wire version 2:
 *
 *     {..., "token": "8pmIVfmY5kCzQbGp1pXhKg"}        resumes the session when its connection was cut: 128 random bits
 *     {..., "controller": {"name", "address", "since"}}   who controls the port, if it is not this session
 */
const schema = v.object({
  name: shortText,
  device: v.pipe(v.string(), v.maxLength(4096)),
  epoch: shortText,
  offset,
  limit: offset,
  settings: lineSettings,
  lines: modemLines,
  token: v.exactOptional(shortText),
  controller: v.exactOptional(controller),
});

/** What a client is told of the port that it has been given. */
export type Opened = v.InferOutput<typeof schema>;
export const openedBody = jsonBody<Opened>(schema);

/** What peers of wire version 1 know of it. */
export function openedOfWire1<Fields extends Omit<Opened, 'limit'>>(
  fields: Fields,
): Omit<Fields, 'token' | 'controller'> {
  const { token, controller, ...known } = fields;
  return known;
}
