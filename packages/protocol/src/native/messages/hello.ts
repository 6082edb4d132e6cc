import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { shortText } from './fields.ts';

/**
 * HELLO: the first message of each side, sent at once.
 *
 *     {"wire": 1, "newest": 2, "name": "SerialMachine", "software": "sercli/0.1.0"}
 *
 * `wire` is the oldest version of this protocol that the side speaks, `newest` the newest; missing: no other. Both speak
 * the newest that they share. A side that shares none with the other closes with `wire-version`, so nothing else of
 * HELLO may be needed to read the two.
 */
const wireNumber = v.pipe(v.number(), v.integer(), v.minValue(1));
const schema = v.object({
  wire: wireNumber,
  newest: v.exactOptional(wireNumber),
  name: v.optional(shortText, 'unnamed'),
  software: v.optional(shortText, 'unknown'),
});

/** How a side introduces itself. */
export type Hello = v.InferOutput<typeof schema>;
export const helloBody = jsonBody<Hello>(schema);
