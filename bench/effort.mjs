/** How long each turn is; rows that take long name a number of `rounds` of their own, which is the most. */
export const fullEffort = { rounds: 10, pingMs: 2_000, bulkBytes: 12_000_000, burstMs: 4_000, fillMs: 6_000 };
export const quickEffort = { rounds: 2, pingMs: 400, bulkBytes: 3_000_000, burstMs: 1_000, fillMs: 3_000 };
/** Before the first round. */
export const warmUpEffort = { ...quickEffort, rounds: 1 };
