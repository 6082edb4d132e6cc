/**
 * How long each turn is, and how many rounds there are; rows that are slow have `slowRounds` at most. Memory of
 * Node is looked at `settleMs` after the start: V8 gives back what starting took 10 to 40 s later. `warmUp` comes before the
 * first round, for what runs in Node: V8 compiles in steps what has run some ten thousand times, and an agent runs for days.
 */
export const fullEffort = {
  rounds: 6,
  slowRounds: 3,
  pingMs: 1_500,
  bulkBytes: 24_000_000,
  burstMs: 4_000,
  fillMs: 5_000,
  settleMs: 45_000,
  warmUp: { pingMs: 5_000, bulkBytes: 200_000_000, burstMs: 4_000, fillMs: 3_000 },
};
export const quickEffort = {
  rounds: 2,
  slowRounds: 1,
  pingMs: 400,
  bulkBytes: 3_000_000,
  burstMs: 1_000,
  fillMs: 3_000,
  settleMs: 0,
  warmUp: { pingMs: 400, bulkBytes: 3_000_000, burstMs: 1_000, fillMs: 3_000 },
};
