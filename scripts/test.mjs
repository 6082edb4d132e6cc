// `npm test [-- PATTERN...]`: every test that this machine can run, or those in the files whose path has a PATTERN.
// SERCLI_TEST_SKIPS=forbid makes every skip a failure. The last line counts.
import { startVitest } from 'vitest/node';
import { root } from './run-quietly.mjs';

process.chdir(root);
const patterns = process.argv.slice(2);
const forbidsSkips = process.env.SERCLI_TEST_SKIPS === 'forbid';
/** How `requires` of @sercli/testkit names a suite that cannot run here. */
const skipReason = /\(skipped: (.+)\)$/;

const vitest = await startVitest('test', patterns, { run: true, watch: false });
const modules = vitest.state.getTestModules();
const faults = [...modules.flatMap(faultsOfModule), ...(await filesWithoutResult()), ...unhandledErrors()];
const tests = modules.flatMap((module) => [...module.children.allTests()]);
const skips = tests.filter((test) => test.result().state === 'skipped').map(skipOf);
await vitest.close();

for (const line of new Set(skips.map(({ text }) => text))) console.log(`skipped: ${line}`);
for (const fault of faults) console.log(`failed: ${fault}`);
const unexcused = skips.filter(({ isExcused }) => !isExcused || forbidsSkips);
if (unexcused.length > 0)
  console.log(
    `failed: ${unexcused.length} skips, ${forbidsSkips ? 'and none is allowed here' : 'none says what it requires'}`,
  );

const count = (state) => tests.filter((test) => test.result().state === state).length;
const failures = count('failed') + faults.length + unexcused.length;
process.exitCode = failures === 0 ? 0 : 1;
console.log(`${count('passed')} passed, ${failures} failed, ${skips.length - unexcused.length} skipped`);

/** What went wrong in a file besides its failed tests: it could not be loaded, a hook failed, it has no test. */
function faultsOfModule(module) {
  const suites = [...module.children.allSuites()];
  const errors = [module, ...suites]
    .flatMap((task) => task.errors())
    .map((error) => `${module.moduleId}: ${error.message}`);
  const all = [...module.children.allTests()];
  if (all.length === 0 && errors.length === 0) return [`${module.moduleId}: it has no test`];
  const pending = all.filter((test) => test.result().state === 'pending');
  return [...errors, ...pending.map((test) => `${test.fullName}: it could run and did not`)];
}

async function filesWithoutResult() {
  const specifications = await vitest.globTestSpecifications(patterns);
  if (specifications.length === 0) return [`no test file has ${patterns.join(' or ')} in its path`];
  const reported = new Set(modules.map(({ moduleId }) => moduleId));
  return specifications
    .filter(({ moduleId }) => !reported.has(moduleId))
    .map(({ moduleId }) => `${moduleId}: it could run and did not`);
}

function unhandledErrors() {
  return vitest.state.getUnhandledErrors().map((error) => `outside of any test: ${error.message ?? error}`);
}

/** A skip is excused when a suite around the test, or the test itself as it runs, names what the machine lacks. */
function skipOf(test) {
  const { note } = test.result();
  if (note !== undefined) return { text: `${test.fullName} (skipped: ${note})`, isExcused: true };
  const names = test.fullName.split(' > ');
  const suite = names.find((name) => skipReason.test(name));
  return suite === undefined ? { text: test.fullName, isExcused: false } : { text: suite, isExcused: true };
}
