/**
 * How long each turn is, and how many rounds there are; rows that are slow have `slowRounds` at most. Memory of
 * Node is looked at `settleMs` after the start: V8 gives back what starting took 10 to 25 s later.
 */
export const fullEffort = {
  rounds: 6,
  slowRounds: 3,
  pingMs: 1_500,
  bulkBytes: 12_000_000,
  burstMs: 4_000,
  fillMs: 5_000,
  settleMs: 30_000,
};
export const quickEffort = {
  rounds: 2,
  slowRounds: 1,
  pingMs: 400,
  bulkBytes: 3_000_000,
  burstMs: 1_000,
  fillMs: 3_000,
  settleMs: 0,
};
/** Before the first round. */
export const warmUpEffort = { ...quickEffort, rounds: 1 };
