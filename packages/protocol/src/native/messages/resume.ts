import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { offset, sequenceNumber, shortText } from './fields.ts';

/**
 * RESUME: goes on with a session whose connection was cut, on a channel that the sender chooses.
 *
 *     {"token": "8pmIVfmY5kCzQbGp1pXhKg", "attempt": 2, "sequence": 7, "offset": 5120, "limit": 267264}
 *
 * RESUMED: the session goes on.
 *
 *     {"sequence": 3, "offset": 96, "limit": 4192}
 *
 * Each tells how far its sender has come: the last numbered message that it received (0: none), the offset of the byte
 * that it expects next, and the offset below which the other may send. What lies above is sent again.
 *
 * `attempt` is 1 for the first RESUME of a session and grows by one with each. It tells one that comes late, on a
 * connection that the client has left already, from the one that counts.
 */
const point = {
  sequence: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)),
  offset,
  limit: offset,
};
const resumeSchema = v.object({ token: shortText, attempt: sequenceNumber, ...point });
const resumedSchema = v.object(point);

export type Resume = v.InferOutput<typeof resumeSchema>;
export type Resumed = v.InferOutput<typeof resumedSchema>;
export const resumeBody = jsonBody<Resume>(resumeSchema);
export const resumedBody = jsonBody<Resumed>(resumedSchema);
