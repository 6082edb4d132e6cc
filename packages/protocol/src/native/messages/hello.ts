import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { shortText } from './fields.ts';

/**
 * HELLO: the first message of each side, sent at once.
 *
 *     {"wire": 1, "name": "SerialMachine", "software": "sercli/0.1.0"}
 *
 * `wire` is the version of this protocol. A side that reads a version it does not speak closes with `wire-version`,
 * so nothing else of HELLO may be needed to read `wire`.
 */
const schema = v.object({
  wire: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.optional(shortText, 'unnamed'),
  software: v.optional(shortText, 'unknown'),
});

export type Hello = v.InferOutput<typeof schema>;
export const helloBody = jsonBody<Hello>(schema);
