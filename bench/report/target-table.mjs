const tuned = { of: 'sercli', against: 'tuned' };
const article = { of: 'sercli', against: 'article' };
const socat = { of: 'sercli', against: 'socat' };

/**
 * What sercli has to reach, and what it aims at: a ratio of the medians of one run where it says `against` what, else the
 * median itself in the unit of the metric.
 */
export const targets = [
  ...['roundtrip-1', 'roundtrip-16'].flatMap((row) =>
    ['p50', 'p99'].flatMap((metric) => [
      { row, metric, ...tuned, atMost: 1.4, aim: 1 },
      { row, metric, ...article, atMost: 1 / 12, aim: 1 / 15 },
    ]),
  ),
  ...['beside-1mb', 'beside-bulk'].map((row) => ({ row, metric: 'p99', ...tuned, atMost: 1.3, aim: 1 })),
  { row: 'bulk-in', metric: 'rate', ...tuned, atLeast: 1.5 },
  { row: 'bulk-out', metric: 'rate', ...tuned, atLeast: 0.8 },
  { row: 'bulk-both', metric: 'rate', ...tuned, atLeast: 1.2 },
  ...['bulk-in', 'bulk-out', 'bulk-both'].map((row) => ({ row, metric: 'rate', ...socat, atLeast: 0.7, aim: 1 })),
  { row: 'bulk-in', metric: 'agentCpu', ...article, atMost: 0.2, aim: 0.12 },
  { row: 'bulk-in', metric: 'clientCpu', ...article, atMost: 0.25, aim: 0.14 },
  { row: 'bursts', metric: 'agentLoad', ...article, atMost: 0.8, aim: 0.6 },
  { row: 'bursts', metric: 'clientLoad', ...article, atMost: 0.6, aim: 0.4 },
  ...['p50', 'p99'].map((metric) => ({ row: 'bursts', metric, ...article, atMost: 1 })),
  { row: 'memory', metric: 'clientMemory', ...article, atMost: 1 / 3, aim: 1 / 6 },
  { row: 'memory', metric: 'agentPerPort', of: 'sercli', atMost: 40, aim: 24 },
  { row: 'start-up', metric: 'clientBeyondNode', of: 'sercli', atMost: 60, aim: 30 },
  { row: 'start-up', metric: 'agentBeyondNode', of: 'sercli', atMost: 120, aim: 60 },
  { row: 'held', metric: 'heldTime', of: 'sercli', atMost: 300, aim: 200 },
  { row: 'flush', metric: 'lateBytes', of: 'sercli', atMost: 0 },
  ...['stalled-neighbour', 'held-neighbour', 'handshake-storm'].map((row) => ({
    row,
    metric: 'timesIdle',
    of: 'sercli',
    atMost: 2,
    aim: 1.2,
  })),
];
