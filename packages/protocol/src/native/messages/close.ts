import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { shortText } from './fields.ts';

/**
 * CLOSE: the last message of a side on its channel. Channel 0 is the whole connection.
 *
 *     {}                                          on purpose; everything sent before still counts
 *     {"error": {"code", "message", "fields"}}    because of an error; what is queued is discarded
 *
 * The other side answers with its own CLOSE; then the channel is free again. The agent answers a session's CLOSE when
 * the device's driver has taken every byte that came before it.
 */
const toldError = v.object({
  code: shortText,
  message: v.pipe(v.string(), v.maxLength(8192)),
  fields: v.record(v.string(), v.union([v.string(), v.number()])),
});
const schema = v.object({ error: v.exactOptional(toldError) });

export type Close = v.InferOutput<typeof schema>;
export const closeBody = jsonBody<Close>(schema);
export { toldError };
