// `npm run bench:profile`: where the time of sercli goes, for what the benchmarks say is slower than C. Writes a flame
// graph of the agent and of the client for each row, and how often they call the system, for the documentation.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../scripts/run-quietly.mjs';
import { endPrograms } from './chains/program.mjs';
import { RunningChain } from './chains/running-chain.mjs';
import { sercli } from './chains/sercli.mjs';
import { quickEffort } from './effort.mjs';
import { buildLoadPrograms } from './load/build.mjs';
import { aboutThisRun } from './machine/about.mjs';
import { missingPrograms } from './machine/installed.mjs';
import { flameGraphSvg, ownTimes } from './profile/flame-graph.mjs';
import { SystemCalls } from './profile/system-calls.mjs';
import { bulk } from './rows/bulk.mjs';
import { bursts } from './rows/bursts.mjs';
import { roundTrips } from './rows/round-trips.mjs';

const drawings = join(root, 'apps/docs/public/bench');
const effort = { ...quickEffort, pingMs: 4_000, bulkBytes: 100_000_000, burstMs: 4_000 };
/** Processor time below this part is not worth a line. */
const leastPart = 0.02;

/** What is profiled, and how many of what it did. */
const workloads = [
  { group: roundTrips, row: 'roundtrip-1', per: 'round trip', count: ({ latencies }) => latencies.length },
  { group: bursts, row: 'bursts', per: 'burst', count: ({ latencies }) => latencies.length },
  { group: bulk, row: 'bulk-in', per: 'megabyte', count: () => effort.bulkBytes / 1e6 },
];

const missing = missingPrograms(['gcc', 'strace']);
if (missing.length > 0) {
  console.error(`${missing.join(' and ')} not installed: nothing was profiled`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'sercli-profile-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.env.NODE_OPTIONS = `--require ${fileURLToPath(new URL('profile/record.cjs', import.meta.url))}`;
process.env.SERCLI_PROFILES = folder;
const place = { folder, programs: buildLoadPrograms(folder) };
mkdirSync(drawings, { recursive: true });
const rows = [];
for (const workload of workloads) rows.push(await profile(workload));
writeFileSync(join(root, 'bench/profile.json'), `${JSON.stringify({ ...aboutThisRun(), rows }, undefined, 2)}\n`);
await endPrograms();
process.exit(0);

async function profile({ group, row, per, count }) {
  const { measure, title } = group.rows.find(({ name }) => name === row);
  const chain = await RunningChain.start(sercli, group.ports, place);
  const sides = { agent: chain.agentPids[0], client: chain.clientPids[0] };
  await measure(chain, effort, place);
  const own = await sampled(chain, sides, { row, title, run: () => measure(chain, effort, place) });
  const calls = await counted(sides, async () => count(await measure(chain, effort, place)));
  await chain.close();
  console.log(`${title}\n  own time: ${JSON.stringify(own)}\n  system calls for each ${per}: ${JSON.stringify(calls)}`);
  return { name: row, title, per, own, calls };
}

/** Draws both sides; returns the functions that take most of their processor time, with their parts. */
async function sampled(chain, sides, { row, title, run }) {
  toggle(sides);
  await run();
  toggle(sides);
  await chain.saysOfAll(/profile written/);
  return Object.fromEntries(
    Object.entries(sides).map(([side, pid]) => {
      const recorded = JSON.parse(readFileSync(join(folder, `${pid}.json`), 'utf8'));
      writeFileSync(join(drawings, `profile-${row}-${side}.svg`), flameGraphSvg(`${title}, ${side}`, recorded));
      return [side, Object.fromEntries(ownTimes(recorded).filter(([, part]) => part >= leastPart))];
    }),
  );
}

function toggle(sides) {
  for (const pid of Object.values(sides)) process.kill(pid, 'SIGUSR2');
}

/** side -> system call -> how often for each. */
async function counted(sides, run) {
  const counters = await Promise.all(Object.values(sides).map((pid) => SystemCalls.of(pid, folder)));
  const done = await run();
  const counts = await Promise.all(counters.map((counter) => counter.stop()));
  return Object.fromEntries(Object.keys(sides).map((side, index) => [side, perOne(counts[index], done)]));
}

function perOne(counts, done) {
  const rounded = Object.entries(counts).map(([name, calls]) => [name, Number((calls / done).toFixed(2))]);
  return Object.fromEntries(rounded.filter(([, calls]) => calls >= 0.05).sort(([, one], [, other]) => other - one));
}
