import * as v from 'valibot';
import { listedAgent } from './listed-agent.ts';
import { portName, shortText } from './native/messages/fields.ts';

/**
 * Where a client that the agent does not know asks to be let in: `POST`, with the certificate that it wants to be known
 * by. The answer is lines of JSON (`AdmissionState`), the last of which says how it ended. Empty lines say that the agent lives.
 */
export const admissionPath = '/v1/admission';

/** How often an agent with nothing to tell gives a sign of life, in milliseconds. */
export const admissionBeatMs = 5_000;

const admissionRequest = v.strictObject({
  /** What the client calls itself: `anna@laptop`. */
  name: shortText,
  role: v.picklist(['control', 'monitor']),
  port: v.exactOptional(portName),
  /** It stays until somebody has decided; else it only leaves the request and comes back later. */
  waits: v.boolean(),
});

/** The body of the request, and what people on the agent's machine are shown of it. */
export type AdmissionRequest = v.InferOutput<typeof admissionRequest>;

/** @throws Error that says what is wrong with it */
export function parseAdmissionRequest(json: string): AdmissionRequest {
  return v.parse(admissionRequest, JSON.parse(json));
}

const toldError = v.object({
  code: v.string(),
  message: v.string(),
  fields: v.record(v.string(), v.union([v.string(), v.number()])),
});

const admissionState = v.variant('state', [
  /** Somebody on the agent's machine has to decide, within so many milliseconds. */
  v.object({ state: v.literal('waiting'), agent: listedAgent, waitMs: v.number() }),
  /** Ask again for what was wanted. */
  v.object({ state: v.literal('admitted') }),
  v.object({ state: v.literal('refused'), error: toldError }),
]);

/** What an agent says to a client that asks to be let in: that it waits, or what it may do. */
export type AdmissionState = v.InferOutput<typeof admissionState>;

/** @throws Error that says what is wrong with it */
export function parseAdmissionState(json: string): AdmissionState {
  return v.parse(admissionState, JSON.parse(json));
}
