// `npm run bench [-- --quick]`: sercli beside ser2net and socat on this machine. See CONTRIBUTING.md and `--help`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments, usage } from './arguments.mjs';
import { fullEffort, quickEffort } from './effort.mjs';
import { buildLoadPrograms } from './load/build.mjs';
import { randomNumbers } from './machine/random-order.mjs';
import { measureGroup } from './measure-group.mjs';
import { Measurements } from './measurements.mjs';
import { Progress } from './report/progress.mjs';
import { resultsOf } from './report/results.mjs';
import { terminalReport } from './report/terminal-report.mjs';
import { groups } from './rows/group-table.mjs';

const wish = parseArguments(process.argv.slice(2));
if (wish.wantsHelp) console.log(usage);
else await run(wish);

async function run({ rows, chains, isQuick, isJson, seed, rounds }) {
  const progress = new Progress();
  const base = isQuick ? quickEffort : fullEffort;
  const effort = { ...base, rounds: rounds ?? base.rounds };
  const measurements = new Measurements();
  const folder = mkdtempSync(join(tmpdir(), 'sercli-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const place = { folder, programs: buildLoadPrograms(folder) };
  const random = randomNumbers(seed);
  for (const group of groups)
    await measureGroup(group, { chains, rows, effort, place, random, progress, measurements });
  progress.end();
  const results = resultsOf(measurements, chains, { seed, rounds: effort.rounds });
  console.log(isJson ? JSON.stringify(results, undefined, 2) : terminalReport(results));
}
