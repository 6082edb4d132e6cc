import { accepters } from './accepters.mjs';
import { bulk } from './bulk.mjs';
import { bursts } from './bursts.mjs';
import { heldBytes } from './held-bytes.mjs';
import { memory } from './memory.mjs';
import { neighbours } from './neighbours.mjs';
import { roundTrips } from './round-trips.mjs';
import { startUp } from './start-up.mjs';

/**
 * Rows in the order of the report. Those of a group with `ports` are measured on the same running chains, each of which
 * has so many; the others start what they need themselves. What has no `chains` is measured on the main ones.
 */
export const groups = [roundTrips, bulk, bursts, memory, startUp, heldBytes, neighbours, accepters];

export const rowNames = groups.flatMap(({ rows }) => rows.map(({ name }) => name));
