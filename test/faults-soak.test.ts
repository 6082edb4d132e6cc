import { randomFaults } from '@sercli/testkit';
import { expect, it } from 'vitest';
import { FaultBench } from './support/fault-bench.ts';
import { ProcessSamples } from './support/process-samples.ts';
import { addSummaryRow, type SummaryRow, summarizeTraffic } from './support/summary-rows.ts';
import { faultsOf, rates } from './support/traffic.ts';

/** `npm run test:soak` says 10. */
const minutes = Number(process.env.SOAK_MINUTES ?? 0.2);
const sampleMs = minutes < 1 ? 1000 : 5000;

/** Growth that is allowed, per minute: a heap moves by some MB whatever is done, which counts little over a long time. */
const maxResidentBytes = 500_000 + 10_000_000 / minutes;
/** At one sample a connection is just being made, at another it is not. */
const maxDescriptors = 0.2 + 4 / minutes;

it(`${minutes} minutes of traffic and faults`, { timeout: minutes * 60_000 + 120_000 }, async ({ task }) => {
  const bench = await FaultBench.create(rates[1]);
  try {
    const attached = await bench.attach();
    await bench.startTraffic(attached);
    const processes = {
      agent: new ProcessSamples(bench.agent.pid),
      attach: new ProcessSamples(attached.program.pid),
    };
    const samples = Object.values(processes);
    const sampling = setInterval(() => void Promise.all(samples.map((process) => process.take())), sampleMs);
    await trouble(bench).finally(() => clearInterval(sampling));

    const result = await bench.traffic.finish();
    summarizeTraffic(task, result, bench.attached);
    for (const [name, process] of Object.entries(processes)) addSummaryRow(task, rowOf(name, process));
    expect([faultsOf(result.toApplication), faultsOf(result.toDevice)]).toEqual([{}, {}]);
    for (const process of samples) {
      expect(process.trend().residentBytes).toBeLessThan(maxResidentBytes);
      expect(process.trend().descriptors).toBeLessThan(maxDescriptors);
    }
  } finally {
    await bench.close();
  }
});

/** One fault after another, with a second's worth of bytes after each. */
async function trouble({ proxy, traffic }: FaultBench): Promise<void> {
  const faults = randomFaults(1);
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    await proxy.inflict(faults.next().value);
    await traffic.flows(1);
  }
}

function rowOf(name: string, samples: ProcessSamples): SummaryRow {
  const { first, last } = samples;
  const { residentBytes, descriptors } = samples.trend();
  return {
    process: name,
    'RSS at first': kilobytes(first?.residentBytes),
    'RSS at last': kilobytes(last?.residentBytes),
    'RSS per minute': kilobytes(residentBytes),
    'fds at first': first?.descriptors ?? '',
    'fds at last': last?.descriptors ?? '',
    'fds per minute': descriptors.toFixed(2),
  };
}

function kilobytes(bytes = Number.NaN): string {
  return `${Math.round(bytes / 1000)} kB`;
}
