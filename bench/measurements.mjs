import { chainTable } from './chains/chain-table.mjs';
import { RunningChain } from './chains/running-chain.mjs';
import { warmUpEffort } from './effort.mjs';
import { shuffled } from './machine/random-order.mjs';

/** Every figure of every round: row -> chain -> metric -> values; and all latencies of a row and chain. */
export class Measurements {
  #values = new Map();
  #latencies = new Map();

  add(row, chain, { values, latencies = [] }) {
    for (const [metric, value] of Object.entries(values)) {
      const key = [row, chain, metric].join();
      this.#values.set(key, [...(this.#values.get(key) ?? []), value]);
    }
    const key = [row, chain].join();
    this.#latencies.set(key, [...(this.#latencies.get(key) ?? []), latencies]);
  }

  /** One a round, undefined when it was not measured. */
  values(row, chain, metric) {
    return this.#values.get([row, chain, metric].join());
  }

  /** In microseconds. */
  latencies(row, chain) {
    return this.#latencies.get([row, chain].join())?.flat() ?? [];
  }
}

/** Measures the rows of a group on its chains, which all run all the time; in each round in another order. */
export async function measureGroup(group, { chains, rows, effort, place, random, progress, measurements }) {
  const wanted = group.rows.filter(({ name }) => rows.includes(name));
  if (wanted.length === 0) return;
  const running = await startChains(group, chains, { place, progress });
  try {
    const turns = wanted.flatMap((row) => running.map((chain) => ({ row, chain })));
    progress.warmsUp(group);
    // What runs for days has been compiled by its second minute: the first turns of Node say nothing of the others.
    for (const { row, chain } of turns) await turn(row, chain, warmUpEffort);
    for (let round = 1; round <= effort.rounds; round += 1) {
      for (const { row, chain } of shuffled(turns, random)) {
        const result = await turn(row, chain, effort);
        measurements.add(row.name, chain.name, result);
        progress.turn({ round, rounds: effort.rounds, row, chain, result });
      }
    }
  } finally {
    for (const chain of running) await chain.close();
  }
}

async function startChains(group, chains, { place, progress }) {
  const running = [];
  for (const name of chains) {
    progress.starts(chainTable[name], group.ports);
    running.push(await RunningChain.start(chainTable[name], group.ports, place));
  }
  return running;
}

async function turn(row, chain, effort) {
  try {
    return await row.measure(chain, effort);
  } catch (error) {
    throw new Error(`${row.name} on ${chain.name} failed: ${error.message}`, { cause: error });
  }
}
