// `npm run release:rehearse`: a whole release against a registry on loopback, and what a newcomer then does with it. All of
// it happens in a copy of the tree and in empty folders. Ends with 1 and one sentence about what is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/run-quietly.mjs';
import { installSizeOf } from './packing/size-budgets.mjs';
import { printTable } from './print-table.mjs';
import { atMost } from './rehearsal/at-most.mjs';
import { installRegistry, startRegistry } from './rehearsal/local-registry.mjs';
import { Newcomer } from './rehearsal/newcomer.mjs';
import { fetchNodes, nodeAtHand } from './rehearsal/node-versions.mjs';
import { installAlone, runExample } from './rehearsal/package-trial.mjs';
import { tryProgram } from './rehearsal/program-trial.mjs';
import { packCopy, publishCopy, raiseVersions } from './rehearsal/release-of-copy.mjs';
import { copyTree } from './rehearsal/tree-copy.mjs';

const start = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'sercli-rehearsal-'));
const inFolder = (...names) => join(folder, ...names);
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
let registry;
try {
  await rehearse();
} catch (error) {
  console.log(`rehearsal: ${error.message}`);
  process.exitCode = 1;
} finally {
  await registry?.close();
}
// What was fetched for a rehearsal that has failed by then, nobody waits for.
process.exit();

async function rehearse() {
  const copy = inFolder('tree');
  const cache = inFolder('cache');
  // Fetched while the processors are busy with other things.
  const fetched = Promise.all([
    step('verdaccio installed', installRegistry()),
    step('Node 22, Node 24 and npm 12 fetched', fetchNodes(inFolder('nodes'), cache)),
  ]);
  const [packages] = await Promise.all([packed(copy), fetched]);
  registry = await startRegistry(inFolder('registry'));
  await step('published', publishCopy(copy, registry.url, inFolder('npmrc')));

  const [, others] = await fetched;
  const here = await nodeAtHand();
  const nodes = [here, ...others.filter(({ major }) => major !== here.major)];
  const newcomers = nodes.map((node, index) => {
    // Of its own and empty for the first: what a newcomer needs comes from the registry.
    const itsCache = index === 0 ? inFolder('empty-cache') : cache;
    return new Newcomer(inFolder(`node-${node.major}`), { node, registry: registry.url, cache: itsCache });
  });
  const program = packages.find(({ bin }) => bin !== undefined);
  await step(`sercli, with an empty cache, on ${here.name}`, tryProgram(newcomers[0], program.version));
  reportInstall(join(newcomers[0].prefix, 'lib', 'node_modules', 'sercli'));

  const user = new Newcomer(inFolder('packages'), { node: here, registry: registry.url, cache });
  await atMost(2, [
    ...newcomers.slice(1).map((each) => () => step(`sercli on ${each.node.name}`, tryProgram(each, program.version))),
    ...packages.map((each) => () => step(`${each.name}, alone`, tryAlone(user, newcomers, each))),
  ]);
}

async function packed(copy) {
  await step('a copy of the tree', copyTree(root, copy));
  await step('versions raised, changelogs written', raiseVersions(copy));
  return step('built, packed and checked', packCopy(copy));
}

async function tryAlone(user, newcomers, manifest) {
  const installed = await installAlone(user, manifest, root);
  for (const newcomer of newcomers) await runExample(newcomer, manifest.name, installed);
}

function reportInstall(installed) {
  const { row, faults } = installSizeOf(installed);
  printTable([row]);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

async function step(what, promise) {
  const result = await promise;
  progress(what);
  return result;
}

function progress(what) {
  console.log(`${String(Math.round((performance.now() - start) / 1000)).padStart(4)} s  ${what}`);
}
