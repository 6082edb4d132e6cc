const tuned = { of: 'sercli', against: 'tuned' };
const article = { of: 'sercli', against: 'article' };
const socat = { of: 'sercli', against: 'socat' };

/** What sercli has to reach, as ratios of the medians of one run, and what it aims at. */
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
];
