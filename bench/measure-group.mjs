import { chainTable } from './chains/chain-table.mjs';
import { RunningChain } from './chains/running-chain.mjs';
import { warmUpEffort } from './effort.mjs';
import { shuffled } from './machine/random-order.mjs';

/**
 * Measures the rows of a group on its chains, which run side by side all the time; in each round in another order.
 *
 * @param run `{ chains, rows, effort, place, random, progress, measurements }`
 */
export async function measureGroup(group, run) {
  const rows = group.rows.filter(({ name }) => run.rows.includes(name));
  const chains = run.chains.map((name) => chainTable[name]);
  if (!rows.some((row) => chains.some((chain) => isMeasured(row, chain)))) return;
  if (group.ports === undefined) return measureRounds(rows, chains, run);
  const running = [];
  try {
    for (const chain of chains) {
      run.progress.starts(chain, group.ports);
      running.push(await RunningChain.start(chain, group.ports, run.place));
    }
    await warmUp(rows, running, run);
    await measureRounds(rows, running, run);
  } finally {
    for (const chain of running) await chain.close();
  }
}

/** What runs for days has been compiled by its second minute: the first turns of Node say nothing of the others. */
async function warmUp(rows, chains, { place, progress }) {
  progress.warmsUp(rows);
  for (const { row, chain } of turnsOf(rows, chains)) await turn(row, chain, warmUpEffort, place);
}

async function measureRounds(rows, chains, { effort, place, random, progress, measurements }) {
  for (let round = 1; round <= effort.rounds; round += 1) {
    const due = rows.filter(({ rounds = round }) => round <= rounds);
    for (const { row, chain } of shuffled(turnsOf(due, chains), random)) {
      const result = await turn(row, chain, effort, place);
      measurements.add(row.name, chain.name, result);
      progress.turn({ round, row, chain, result });
    }
  }
}

function turnsOf(rows, chains) {
  return rows.flatMap((row) => chains.filter((chain) => isMeasured(row, chain)).map((chain) => ({ row, chain })));
}

function isMeasured(row, chain) {
  return row.chains?.includes(chain.name) ?? true;
}

async function turn(row, chain, effort, place) {
  try {
    return await row.measure(chain, effort, place);
  } catch (error) {
    throw new Error(`${row.name} on ${chain.name} failed: ${error.message}`, { cause: error });
  }
}
