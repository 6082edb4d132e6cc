import { isFlawless, type PortApplication } from '@sercli/testkit';
import { expect, it } from 'vitest';
import type { AttachProgram } from './support/attach-program.ts';
import { FaultBench } from './support/fault-bench.ts';
import { residentBytes } from './support/process-samples.ts';
import { processorUse } from './support/processor-use.ts';
import { addSummaryRow } from './support/summary-rows.ts';
import { newListener, openListener } from './support/traffic.ts';

const rate = 1_000_000;
const healthyReaders = 6;
const seconds = process.env.SERCLI_FAULTS === 'long' ? 60 : 5;
const timeoutMs = 20_000;

/** Node itself has 50 MB; the log 1 MiB of them at most; each session a window and its buffers. */
const maxAgentBytes = 160_000_000;
const maxStalledUse = 0.02;

it('a stopped reader and a slow one cost six others nothing', { timeout: 180_000 }, async ({ task }) => {
  const bench = await FaultBench.create(rate, { logBytes: '1MiB' });
  const applications: PortApplication[] = [];
  try {
    // The one that could hold up most stands still: it controls the port.
    const stalled = await listen(await bench.attach());
    stalled.stopReading();
    const slow = await listen(await bench.attach('--monitor'), 1000);
    const healthy: PortApplication[] = [];
    for (let reader = 0; reader < healthyReaders; reader += 1)
      healthy.push(await listen(await bench.attach('--monitor')));

    bench.uart.startSending();
    const use = processorUse([bench.attached[0]?.program.pid ?? 0], seconds - 1);
    await Promise.all(healthy.map(({ received }) => received.reached(seconds * rate, timeoutMs + seconds * 1000)));
    const [stalledUse = 1] = await use;
    const agentBytes = await residentBytes(bench.agent.pid);
    const sent = bench.uart.stopSending();
    await Promise.all(healthy.map(({ received }) => received.reached(sent, timeoutMs)));

    addSummaryRow(task, {
      readers: healthyReaders,
      'bytes to each': sent,
      overrun: bench.uart.overrunBytes,
      'CPU of the stalled session': `${(stalledUse * 100).toFixed(1)} %`,
      'RSS of the agent': `${Math.round(agentBytes / 1e6)} MB`,
    });
    expect(bench.uart.overrunBytes).toBe(0);
    expect(healthy.map(({ received }) => isFlawless(received.report(sent)))).toEqual(healthy.map(() => true));
    expect(slow.received.report().doubled).toEqual([]);
    expect(stalledUse).toBeLessThan(maxStalledUse);
    expect(agentBytes).toBeLessThan(maxAgentBytes);
  } finally {
    for (const application of applications) application.close();
    await bench.close();
  }

  async function listen(attached: AttachProgram, readRate?: number): Promise<PortApplication> {
    const application = openListener(attached, newListener(`reader ${applications.length}`), readRate);
    applications.push(application);
    await attached.next('application');
    return application;
  }
});
