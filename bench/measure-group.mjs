import { chainTable, mainChains } from './chains/chain-table.mjs';
import { RunningChain } from './chains/running-chain.mjs';
import { shuffled } from './machine/random-order.mjs';

/**
 * Measures the rows of a group on its chains, which run side by side all the time; in each round in another order.
 *
 * @param run `{ chains, rows, effort, place, random, progress, measurements }`
 */
export async function measureGroup(group, run) {
  const rows = group.rows.filter(({ name }) => run.rows.includes(name));
  const known = group.chains ?? mainChains;
  const chains = run.chains.filter((name) => known.includes(name)).map((name) => chainTable[name]);
  if (turnsOf(rows, chains).length === 0) return;
  if (group.ports === undefined) return measureRounds(turnsOf(rows, chains), run);
  const running = [];
  try {
    for (const chain of chains) {
      run.progress.starts(chain, group.ports);
      running.push(await RunningChain.start(chain, group.ports, run.place));
    }
    const turns = turnsOf(rows, running);
    await warmUp(turns, run);
    await measureRounds(turns, run);
  } finally {
    for (const chain of running) await chain.close();
  }
}

/** What runs for days has been compiled by its second minute: the first turns of Node say nothing of the others. */
async function warmUp(allTurns, { effort, place, progress }) {
  const turns = allTurns.filter(({ chain }) => chainTable[chain.name].isCompiledAsItRuns === true);
  progress.warmsUp(turns);
  for (const { row, chain } of turns) await row.measure(chain, effort.warmUp, place);
}

async function measureRounds(turns, { effort, random, ...run }) {
  for (let round = 1; round <= effort.rounds; round += 1) {
    const due = turns.filter(
      ({ row, chain }) => (!row.isSlow || round <= effort.slowRounds) && !run.measurements.failed(row, chain),
    );
    for (const turn of shuffled(due, random)) await measureTurn(turn, round, effort, run);
  }
}

/** What fails once is not tried again, and the rest goes on. */
async function measureTurn({ row, chain }, round, effort, { place, progress, measurements }) {
  try {
    const result = await row.measure(chain, effort, place);
    measurements.add(row.name, chain.name, result);
    progress.turn({ round, row, chain, result });
  } catch (error) {
    const message = shortened(error.message);
    measurements.fail(row, chain, message);
    progress.says(`failed: ${row.name} on ${chain.name}: ${message}`);
  }
}

function turnsOf(rows, chains) {
  return rows.flatMap((row) => chains.filter((chain) => isMeasured(row, chain)).map((chain) => ({ row, chain })));
}

function isMeasured(row, chain) {
  return row.chains?.includes(chain.name) ?? true;
}

/** Beginning and end: in between stands what programs have printed, and the names of all their ports. */
function shortened(message) {
  return message.length <= 2000 ? message : `${message.slice(0, 500)} ... ${message.slice(-1500)}`;
}
