import { quantile } from '../report/statistics.mjs';
import { startNeighbour } from './neighbour-traffic.mjs';

const bytesPerSecond = 1_000_000;

/** Bytes there and back, one ping at a time: on an idle agent, and beside a port that is busy. */
export const roundTrips = {
  ports: 2,
  rows: [
    { name: 'roundtrip-1', title: '1 byte there and back, idle', measure: (chain, effort) => ping(chain, 1, effort) },
    {
      name: 'roundtrip-16',
      title: '16 bytes there and back, idle',
      measure: (chain, effort) => ping(chain, 16, effort),
    },
    {
      name: 'beside-1mb',
      title: '1 byte there and back while another port of the agent moves 1 MB/s',
      measure: (chain, effort) => pingBeside(chain, bytesPerSecond, effort),
    },
    {
      name: 'beside-bulk',
      title: '1 byte there and back while another port of the agent moves all it can',
      measure: (chain, effort) => pingBeside(chain, 0, effort),
    },
  ],
};

/** Pings port 0 against a device that echoes. */
export async function ping(chain, size, { pingMs }) {
  const echo = chain.device.start('echo', 0);
  const { latenciesNs } = await chain.application.run('ping', 0, size, pingMs);
  await echo.stop();
  const microseconds = latenciesNs.map((ns) => ns / 1000);
  return {
    values: { p50: quantile(microseconds, 0.5), p99: quantile(microseconds, 0.99) },
    latencies: microseconds,
  };
}

async function pingBeside(chain, rate, effort) {
  const neighbour = await startNeighbour(chain, 1, rate);
  const { values, latencies } = await ping(chain, 1, effort);
  return { values: { ...values, neighbour: await neighbour.stop() }, latencies };
}
