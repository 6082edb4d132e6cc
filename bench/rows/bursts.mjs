import { setTimeout as wait } from 'node:timers/promises';
import { processorSeconds } from '../machine/processor-time.mjs';
import { quantile } from '../report/statistics.mjs';
import { bytesPerSecond } from './line-rate.mjs';

const ports = 16;
const burstBytes = 16;

/** Every port of an agent busy with what a UART at 115200 hands on: 16 bytes at a time. */
export const bursts = {
  ports,
  rows: [{ name: 'bursts', title: '16 ports at 115200 in bursts of 16 bytes, one way', measure }],
};

async function measure(chain, { burstMs }) {
  const all = Array.from({ length: ports }, (_, port) => port);
  const collectors = all.map((port) => chain.application.start('collect', port));
  const phaseNs = Math.floor((burstBytes * 1e9) / bytesPerSecond / ports);
  const senders = all.map((port) => chain.device.start('burst', port, bytesPerSecond, burstMs, port * phaseNs));
  const load = await processorLoad(chain, burstMs);
  const sent = await Promise.all(senders.map((sender) => sender.result()));
  const received = await Promise.all(collectors.map((collector, port) => collector.expect(sent[port].bytes)));
  const latencies = received.flatMap(({ latenciesNs }) => latenciesNs.map((ns) => ns / 1000));
  const overruns = sent.reduce((sum, { overruns }) => sum + overruns, 0);
  return {
    values: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), ...load, lost: overruns * burstBytes },
    latencies,
  };
}

/** Per cent of one processor, while the bursts come. */
async function processorLoad({ agentPids, clientPids }, burstMs) {
  const before = [agentPids, clientPids].map(processorSeconds);
  const startedMs = performance.now();
  await wait(burstMs);
  const seconds = (performance.now() - startedMs) / 1000;
  const [agentLoad, clientLoad] = [agentPids, clientPids].map(
    (pids, part) => (100 * (processorSeconds(pids) - before[part])) / seconds,
  );
  return { agentLoad, clientLoad };
}
