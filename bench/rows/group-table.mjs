import { bulk } from './bulk.mjs';
import { roundTrips } from './round-trips.mjs';

/** Rows that are measured on the same running chains, in the order of the report. */
export const groups = [roundTrips, bulk];
