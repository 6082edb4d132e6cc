const microseconds = { unit: 'us', digits: 0 };
const milliseconds = { unit: 'ms', digits: 1 };
const cpu = { unit: 's per 100 MB', digits: 2 };

/** Every figure that a row can have: what it is called and how it is written. */
export const metricTable = {
  p50: { title: 'p50', ...microseconds },
  p99: { title: 'p99', ...microseconds },
  neighbour: { title: 'the other port', unit: 'MB/s', digits: 1 },
  rate: { title: 'rate', unit: 'MB/s', digits: 1 },
  agentCpu: { title: 'CPU agent', ...cpu },
  clientCpu: { title: 'CPU client', ...cpu },
  agentLoad: { title: 'CPU agent', unit: '%', digits: 1 },
  clientLoad: { title: 'CPU client', unit: '%', digits: 1 },
  lost: { title: 'lost at the UART', unit: 'bytes', digits: 0 },
  clientMemory: { title: 'all clients (PSS)', unit: 'MB', digits: 1 },
  clientResident: { title: 'all clients (RSS)', unit: 'MB', digits: 1 },
  agentPerPort: { title: 'agent per further port', unit: 'kB', digits: 1 },
  agentPerUsedPort: { title: 'the same with used ports and their logs', unit: 'kB', digits: 1 },
  agentStart: { title: 'agent listens', ...milliseconds },
  clientStart: { title: 'link can be used', ...milliseconds },
  bareNode: { title: 'node -e 0', ...milliseconds },
  agentBeyondNode: { title: 'agent listens, beyond Node', ...milliseconds },
  clientBeyondNode: { title: 'link can be used, beyond Node', ...milliseconds },
  heldTime: { title: 'held by the chain, as line time', ...milliseconds },
  heldBytes: { title: 'held by the chain', unit: 'kB', digits: 1 },
  lateBytes: { title: 'came after tcflush', unit: 'kB', digits: 1 },
  inTerminal: { title: "in the application's terminal", unit: 'bytes', digits: 0 },
  inDriver: { title: 'in the driver', unit: 'bytes', digits: 0 },
  timesIdle: { title: 'p99 over idle p99', unit: 'x', digits: 2 },
  handshakes: { title: 'handshakes', unit: 'per second', digits: 0 },
};

export function formatValue(metric, value) {
  const { digits, unit } = metricTable[metric];
  return `${value.toFixed(digits)} ${unit}`;
}

/** @param {string} metric */
export function metricTitle(metric) {
  return metricTable[metric].title;
}

/** The median of a target's result: a ratio, or a value of its metric. */
export function formatMedian({ metric, against, median }) {
  return against === undefined ? formatValue(metric, median) : median.toFixed(2);
}

/** What a target asks for. */
export function formatGoal({ atMost, atLeast, aim }) {
  const goal = atMost === undefined ? `>= ${short(atLeast)}` : `<= ${short(atMost)}`;
  return aim === undefined ? goal : `${goal}, aim ${short(aim)}`;
}

function short(value) {
  return String(Number(value.toFixed(3)));
}
