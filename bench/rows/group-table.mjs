import { bulk } from './bulk.mjs';
import { bursts } from './bursts.mjs';
import { heldBytes } from './held-bytes.mjs';
import { memory } from './memory.mjs';
import { neighbours } from './neighbours.mjs';
import { roundTrips } from './round-trips.mjs';
import { startUp } from './start-up.mjs';

/**
 * Rows in the order of the report. Those of a group with `ports` are measured on the same running chains, each of which
 * has so many; the others start what they need themselves.
 */
export const groups = [roundTrips, bulk, bursts, memory, startUp, heldBytes, neighbours];

export const rowNames = groups.flatMap(({ rows }) => rows.map(({ name }) => name));
