/** How long each turn is. */
export const fullEffort = { rounds: 10, pingMs: 2_000, bulkBytes: 12_000_000 };
export const quickEffort = { rounds: 3, pingMs: 400, bulkBytes: 3_000_000 };
/** Before the first round. */
export const warmUpEffort = { rounds: 1, pingMs: 400, bulkBytes: 3_000_000 };
