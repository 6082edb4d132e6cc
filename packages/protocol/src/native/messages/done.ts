import * as v from 'valibot';
import { jsonBody } from '../body.ts';
import { toldError } from './close.ts';
import { lineSettings, offset, sequenceNumber } from './fields.ts';

/**
 * DONE: how a REQUEST ended.
 *
 *     {"sequence": 1, "settings": {...}}     settings in force after a configure
 *     {"sequence": 4, "discardedTo": 8192}   a flush of received bytes: those to the client below this offset are void
 *     {"sequence": 2, "error": {...}}        it failed
 *
 * Since wire version 2, `number` is the answer's own among the events: {"sequence": 1, "number": 7}.
 */
const schema = v.object({
  sequence: sequenceNumber,
  number: v.exactOptional(sequenceNumber),
  settings: v.exactOptional(lineSettings),
  discardedTo: v.exactOptional(offset),
  error: v.exactOptional(toldError),
});

/** The answer to a request, by its number: the settings in force after it, or the error that it failed with. */
export type Done = v.InferOutput<typeof schema>;
export const doneBody = jsonBody<Done>(schema);
