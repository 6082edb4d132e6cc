import { randomCuts, totalBytes } from '@sercli/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { AttachProgram } from './support/attach-program.ts';
import { FaultBench, type PortKeys } from './support/fault-bench.ts';
import { summarizeTraffic } from './support/summary-rows.ts';
import { faultsBesidesLoss, faultsOf, rates, type TrafficResult } from './support/traffic.ts';

/** `npm run test:faults` runs the long form. */
const isLong = process.env.SERCLI_FAULTS === 'long';
const timeout = isLong ? 600_000 : 60_000;

const [slow, middle, fast] = rates;
const largeLog: PortKeys = { logBytes: '64MiB' };
const seconds = 1000;

const flawless = { toApplication: {}, toDevice: {}, overrunBytes: 0 };

describe('a fault of the network', { timeout }, () => {
  const shortOutages = rates.map((rate) => ({ rate, outageMs: 2 * seconds, log: {} }));
  const longOutages = [
    { rate: slow, outageMs: 30 * seconds, log: {} },
    { rate: middle, outageMs: 30 * seconds, log: {} },
    { rate: fast, outageMs: 30 * seconds, log: largeLog },
  ];
  const outages = [...shortOutages, ...(isLong ? longOutages : [])];

  it.for(outages)('an outage of $outageMs ms at $rate bytes/s', async ({ rate, outageMs, log }, { task }) => {
    const bench = await startBench(rate, log);
    await bench.proxy.inflict({ kind: 'outage', how: 'reset', ms: outageMs });
    await bench.traffic.flows(0.5);
    expectFlawless(await finish(task));
  });

  it.for([isLong ? 200 : 20])('%i random cuts in a row', async (cuts, { task }) => {
    const bench = await startBench(middle);
    const faults = randomCuts(20);
    for (let cut = 0; cut < cuts; cut += 1) {
      const { acceptedConnections } = bench.proxy;
      await bench.proxy.inflict(faults.next().value);
      await bench.traffic.flows(0.05);
      // A cut in the middle of a frame comes with the bytes; those that flow may have come before it.
      while (bench.proxy.acceptedConnections === acceptedConnections) await bench.traffic.flows(0.02);
    }
    expectFlawless(await finish(task));
  });

  const tooLong = isLong ? { ms: 30 * seconds, log: {} } : { ms: 2 * seconds, log: { logBytes: '512KiB' } };
  it.for([tooLong])('an outage of $ms ms that is too long for the log', async ({ ms, log }, { task }) => {
    const bench = await startBench(fast, { ...log, holdMs: 0 });
    await bench.proxy.inflict({ kind: 'outage', how: 'reset', ms });
    await bench.traffic.flows(0.5);
    const result = await finish(task);
    expect({ ...account(result), toApplication: faultsBesidesLoss(result.toApplication) }).toEqual(flawless);
    expectToldExactly(result, bench.lastAttached);
  });
});

describe('the end of a process', { timeout }, () => {
  it('kill -9 of the client, and attach --replay', async ({ task }) => {
    const bench = await startBench(middle);
    const [first] = bench.attached;
    const { offset = Number.NaN, epoch } = first?.events.find(({ event }) => event === 'ready') ?? {};
    await first?.program.end('SIGKILL');
    const { application } = bench.traffic;
    await application.hungUp;
    const at = offset + application.received.receivedBytes;
    await bench.traffic.moveTo(await bench.attach('--replay', `@${at}/${epoch}`));
    await bench.traffic.flows(0.5);
    const { toApplication, toDevice, overrunBytes } = await finish(task);
    expect({ toApplication: faultsOf(toApplication), overrunBytes }).toEqual({ toApplication: {}, overrunBytes: 0 });
    // What the killed process had of the application is lost with it: one piece, and nothing came twice.
    expect(faultsBesidesLoss(toDevice)).toEqual({});
    expect(toDevice.lost.length).toBeLessThanOrEqual(1);
  });

  it('kill -9 of the agent, and another start of it', async ({ task }) => {
    const bench = await startBench(middle);
    await bench.restartAgent();
    await bench.lastAttached.next('up', 30 * seconds);
    await bench.traffic.flows(0.5);
    const result = await finish(task);
    expectOnlyTold(result, bench.lastAttached);
    expect(bench.lastAttached.gaps).toMatchObject([{ bytes: undefined }]);
    expect(bench.lastAttached.events.filter(({ event }) => event === 'lost')).toHaveLength(1);
  });
});

describe('the end of a device', { timeout }, () => {
  it.for([isLong ? 50 : 3])('%i times it hangs up, and another comes under the same path', async (times, { task }) => {
    const bench = await startBench(middle);
    for (let time = 0; time < times; time += 1) {
      bench.uart.hangUp();
      await bench.lastAttached.next('paused');
      bench.uart.appear();
      await bench.lastAttached.next('resumed');
      await bench.traffic.flows(0.2);
    }
    const result = await finish(task);
    expectOnlyTold(result, bench.lastAttached);
    expect(bench.lastAttached.gaps).toHaveLength(times);
  });
});

let current: FaultBench | undefined;
afterEach(async () => {
  await current?.close();
  current = undefined;
});

async function startBench(rate: number, port?: PortKeys): Promise<FaultBench> {
  current = await FaultBench.create(rate, port);
  await current.startTraffic(await current.attach());
  return current;
}

async function finish(task: Parameters<typeof summarizeTraffic>[0]): Promise<TrafficResult> {
  if (current === undefined) throw new Error('no bench was started');
  const result = await current.traffic.finish();
  summarizeTraffic(task, result, current.attached);
  return result;
}

function account({ toApplication, toDevice, overrunBytes }: TrafficResult): typeof flawless {
  return { toApplication: faultsOf(toApplication), toDevice: faultsOf(toDevice), overrunBytes };
}

function expectFlawless(result: TrafficResult): void {
  expect(account(result)).toEqual(flawless);
  expect(current?.attached.flatMap(({ gaps }) => gaps)).toEqual([]);
  expect(current?.lastAttached.events.map(({ event }) => event)).not.toContain('lost');
}

/** Every hole has its gap, at its place and of exactly its length. */
function expectToldExactly({ holes }: TrafficResult, { gaps: told, events }: AttachProgram): void {
  const gaps = joinAdjacent(told);
  expect(gaps.map(({ bytes }) => bytes)).toEqual(holes.map(({ length }) => length));
  const start = events.find(({ event }) => event === 'ready')?.offset ?? Number.NaN;
  for (const [index, { offset }] of gaps.entries()) {
    // A hole is seen some bytes late when those behind it happen to be those that are expected.
    const lateBytes = (holes[index]?.offset ?? Number.NaN) - (offset - start);
    expect(lateBytes).toBeGreaterThanOrEqual(0);
    expect(lateBytes).toBeLessThan(8);
  }
}

/** What the log forgets while a gap is being told is another gap, right behind the first. */
function joinAdjacent(gaps: AttachProgram['gaps']): { offset: number; bytes: number }[] {
  const joined: { offset: number; bytes: number }[] = [];
  for (const { offset, bytes = Number.NaN } of gaps) {
    const last = joined.at(-1);
    if (last !== undefined && last.offset + last.bytes === offset) last.bytes += bytes;
    else joined.push({ offset, bytes });
  }
  return joined;
}

/** Nothing came twice or late, no more holes are there than gaps were told, no more bytes failed to arrive than are in doubt. */
function expectOnlyTold(
  { toApplication, toDevice, holes }: TrafficResult,
  { gaps, inDoubtBytes }: AttachProgram,
): void {
  expect([faultsBesidesLoss(toApplication), faultsBesidesLoss(toDevice)]).toEqual([{}, {}]);
  expect(holes.length).toBeLessThanOrEqual(gaps.length);
  expect(totalBytes(toDevice.lost)).toBeLessThanOrEqual(inDoubtBytes);
}
