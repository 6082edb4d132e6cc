import * as v from 'valibot';

/** What every answer of an agent's JSON API says of the agent itself. */
export interface ListedAgent {
  readonly name: string;
  /** Program and version. */
  readonly software: string;
  /** Whether it serves everybody on private networks. */
  readonly open: boolean;
}

export const listedAgent: v.GenericSchema<unknown, ListedAgent> = v.object({
  name: v.string(),
  software: v.string(),
  open: v.boolean(),
});
