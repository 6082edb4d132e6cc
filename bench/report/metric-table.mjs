const microseconds = { unit: 'us', digits: 0 };
const cpu = { unit: 's per 100 MB', digits: 2 };

/** Every figure that a row can have: what it is called and how it is written. */
export const metricTable = {
  p50: { title: 'p50', ...microseconds },
  p99: { title: 'p99', ...microseconds },
  neighbour: { title: 'the other port', unit: 'MB/s', digits: 1 },
  rate: { title: 'rate', unit: 'MB/s', digits: 1 },
  agentCpu: { title: 'CPU agent', ...cpu },
  clientCpu: { title: 'CPU client', ...cpu },
};

export function formatValue(metric, value) {
  const { digits, unit } = metricTable[metric];
  return `${value.toFixed(digits)} ${unit}`;
}
