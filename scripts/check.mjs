// `npm run check`: everything that can be said about the code without running it. Prints details of failures only.
import { availableParallelism } from 'node:os';
import { root, runQuietly } from './run-quietly.mjs';

const installed = (program) => `${root}/node_modules/.bin/${program}`;
const script = (name) => [process.execPath, `${root}/scripts/${name}.mjs`];

/** name -> command line */
const checks = {
  'lint and format': [installed('biome'), 'check', '--error-on-warnings'],
  promises: [installed('oxlint'), '--type-aware', '--deny-warnings'],
  'types of tests': [installed('tsc'), '-p', 'tsconfig.tests.json'],
  'unused code and dependencies': [installed('knip'), '--no-progress'],
  'who imports whom': script('check-dependencies'),
  sources: script('check-sources'),
  'links of documents': script('check-links'),
  manifests: script('check-manifests'),
  changesets: script('check-changesets'),
  workflows: script('check-workflows'),
  lockfile: script('check-lockfile'),
};

const waiting = Object.entries(checks);
const failed = [];
await Promise.all(Array.from({ length: availableParallelism() }, runNext));
if (failed.length > 0) {
  console.log(`\nfailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function runNext() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const [name, [program, ...args]] = check;
    const start = performance.now();
    const { succeeded, output } = await runQuietly(program, args);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${succeeded ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
    if (succeeded) continue;
    failed.push(name);
    console.log(output.trimEnd());
  }
}
