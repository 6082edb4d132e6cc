import * as v from 'valibot';
import { listedAgent } from './listed-agent.ts';

/** Where an agent is told, on its control socket alone, to read its configuration again. */
export const reloadPath = '/v1/reload';

const reloaded = v.object({
  /** The version of this answer. Fields may be added within a version. */
  version: v.literal(1),
  agent: listedAgent,
  /** The configuration file that was read; missing: the agent has none. */
  file: v.exactOptional(v.string()),
});

/** What `POST /v1/reload` answers once the agent has read its configuration again. */
export type Reloaded = v.InferOutput<typeof reloaded>;

/** @throws Error that says what is wrong with it */
export function parseReloaded(json: string): Reloaded {
  return v.parse(reloaded, JSON.parse(json));
}
