// `npm run test:faults`, `npm run test:soak`, `npm run test:hardware`: tests that take long or need something fetched, and
// the tables that they make.
import { startVitest } from 'vitest/node';
import { root } from './run-quietly.mjs';

process.chdir(root);
/** What is run, and what tells the tests to take their time. */
const suites = {
  faults: {
    files: ['test/faults.test.ts', 'test/faults-network.test.ts', 'test/faults-readers.test.ts'],
    environment: { SERCLI_FAULTS: 'long' },
  },
  hardware: { files: ['test/hardware/'], environment: { SERCLI_TESTBED: 'fetch' } },
  soak: { files: ['test/faults-soak.test.ts'], environment: { SOAK_MINUTES: process.env.SOAK_MINUTES ?? '10' } },
};

const suite = suites[process.argv[2]];
if (suite === undefined) {
  console.error(`usage: node scripts/test-long.mjs ${Object.keys(suites).join('|')}`);
  process.exit(2);
}
Object.assign(process.env, suite.environment);
const vitest = await startVitest('test', suite.files, { run: true, watch: false });
const modules = vitest.state.getTestModules();
const tests = modules.flatMap((module) => [...module.children.allTests()]);
await vitest.close();
// Like scripts/test.mjs: nothing that did not run counts as passed.
if (tests.length === 0 || tests.some((test) => test.result().state !== 'passed')) process.exitCode = 1;

for (const rows of tablesOf(tests.flatMap((test) => test.meta().summaryRows ?? []))) printTable(rows);

/** Rows with the same columns make a table. */
function tablesOf(rows) {
  const tables = new Map();
  for (const row of rows) {
    const columns = Object.keys(row).join();
    tables.set(columns, [...(tables.get(columns) ?? []), row]);
  }
  return tables.values();
}

function printTable(rows) {
  const titles = Object.keys(rows[0]);
  const lines = [titles, ...rows.map((row) => titles.map((title) => String(row[title])))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  console.log('');
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
}
