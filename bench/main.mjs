// `npm run bench [-- --quick]`: sercli beside ser2net and socat on this machine. See `npm run bench -- --help`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments, usage } from './arguments.mjs';
import { chainTable } from './chains/chain-table.mjs';
import { endPrograms } from './chains/program.mjs';
import { fullEffort, quickEffort } from './effort.mjs';
import { Interruption, interrupted } from './interruption.mjs';
import { buildLoadPrograms } from './load/build.mjs';
import { aboutThisRun } from './machine/about.mjs';
import { missingPrograms } from './machine/installed.mjs';
import { randomNumbers } from './machine/random-order.mjs';
import { measureGroup } from './measure-group.mjs';
import { Measurements } from './measurements.mjs';
import { Progress } from './report/progress.mjs';
import { resultsOf } from './report/results.mjs';
import { save } from './report/save.mjs';
import { terminalReport } from './report/terminal-report.mjs';
import { groups, rowNames } from './rows/group-table.mjs';

const progress = new Progress();
let exitCode = 0;
try {
  exitCode = await main();
} catch (error) {
  const isAsked = error instanceof Interruption;
  progress.says(`bench: ${isAsked ? error.message : error.stack}`);
  exitCode = isAsked ? 130 : 1;
}
await endPrograms();
// Endpoints that a failure has left behind go with this process.
process.exit(exitCode);

async function main() {
  const wish = parseArguments(process.argv.slice(2));
  if (!wish.wantsHelp) return run(wish);
  console.log(usage);
  return 0;
}

/** Returns the exit code. */
async function run(wish) {
  const chains = installed(wish.chains);
  if (chains === undefined) return 0;
  const base = wish.isQuick ? quickEffort : fullEffort;
  const effort = { ...base, rounds: wish.rounds ?? base.rounds };
  const about = { ...aboutThisRun(), isQuick: wish.isQuick, seed: wish.seed, rounds: effort.rounds };
  const measurements = await measure({ ...wish, chains, effort });
  const failures = measurements.failures;
  const results = resultsOf(measurements, chains, { ...about, failures });
  const isWhole = wish.rows.length === rowNames.length && chains.length === Object.keys(chainTable).length;
  const folder = save(results, measurements, isWhole && !wish.isQuick && failures.length === 0);
  console.log(wish.isJson ? JSON.stringify(results, undefined, 2) : terminalReport(results));
  progress.says(`all of it, and the distributions of latencies: ${folder}`);
  return failures.length === 0 ? 0 : 1;
}

/** The chains that can be measured here; undefined when none can. The others are named. */
function installed(chains) {
  const [compiler] = missingPrograms(['gcc']);
  if (compiler !== undefined) {
    progress.says('gcc is not installed, and the load programs are C: nothing was measured');
    return undefined;
  }
  return chains.filter((chain) => {
    const missing = missingPrograms(chainTable[chain].needs);
    if (missing.length > 0) progress.says(`left out: ${chain} (${missing.join(' and ')} not installed)`);
    return missing.length === 0;
  });
}

async function measure({ chains, rows, effort, seed }) {
  const measurements = new Measurements();
  const folder = mkdtempSync(join(tmpdir(), 'sercli-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const place = { folder, programs: buildLoadPrograms(folder) };
  const random = randomNumbers(seed);
  for (const group of groups) {
    const measured = measureGroup(group, { chains, rows, effort, place, random, progress, measurements });
    await Promise.race([measured, interrupted]);
  }
  progress.end();
  return measurements;
}
