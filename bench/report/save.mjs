import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/run-quietly.mjs';
import { latencySvg } from './latency-svg.mjs';

/** What the documentation shows: complete runs only. */
const published = { results: join(root, 'bench'), drawings: join(root, 'apps/docs/public/bench') };
/** Any other run; git does not see it. */
const latest = { results: join(root, 'bench/latest'), drawings: join(root, 'bench/latest') };

/** Writes results.json and a drawing for each row that has latencies; returns the folder of the results. */
export function save(results, measurements, isComplete) {
  const folders = isComplete ? published : latest;
  mkdirSync(folders.results, { recursive: true });
  mkdirSync(folders.drawings, { recursive: true });
  writeFileSync(join(folders.results, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  for (const { name, title, chains } of results.rows) {
    const curves = Object.fromEntries(
      Object.keys(chains)
        .map((chain) => [chain, measurements.latencies(name, chain)])
        .filter(([, latencies]) => latencies.length > 0),
    );
    if (Object.keys(curves).length > 0) writeFileSync(join(folders.drawings, `${name}.svg`), latencySvg(title, curves));
  }
  return folders.results;
}
