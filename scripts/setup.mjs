// Installs and builds what is missing, before `npm start`, `npm test` and `npm run check`.
// Runs where nothing is installed yet: only Node's own modules. Silent when there is nothing to do.
// Even an old Node must get as far as the sentence that says so: nothing here is newer than Node 12 can parse.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { root, runQuietly } from './run-quietly.mjs';
import { whyUnsupported } from './supported-platform.mjs';

const lockfilePath = `${root}/package-lock.json`;
const stampPath = `${root}/node_modules/.sercli-stamp`;
/** A build that is cached takes half a second: nothing to speak of. */
const announceBuildAfterMs = 2000;

setUp().catch((error) => {
  say(error.stack);
  process.exitCode = 1;
});

async function setUp() {
  const obstacle = whyUnsupported();
  if (obstacle !== undefined) {
    say(obstacle);
    process.exitCode = 1;
    return;
  }
  await install();
  await build();
}

async function install() {
  const stamp = installationStamp();
  if (readStamp() === stamp) return;
  say(`installing ${countPackages()} packages, about a minute the first time`);
  await orExit('npm ci', ...npmCommand(['ci', '--no-audit', '--no-fund', '--loglevel=error']));
  writeFileSync(stampPath, stamp);
}

async function build() {
  const announcement = setTimeout(() => say('building, about ten seconds'), announceBuildAfterMs);
  const turbo = `${root}/node_modules/.bin/turbo`;
  await orExit('the build', turbo, ['run', 'build', '--output-logs=errors-only']);
  clearTimeout(announcement);
}

async function orExit(what, program, args) {
  const { succeeded, output } = await runQuietly(program, args);
  if (succeeded) return;
  process.stderr.write(output);
  say(`${what} failed; its messages stand above`);
  process.exit(1);
}

/** What decides whether the installed packages fit: other versions wanted, another Node ABI, another machine. */
function installationStamp() {
  const lockfile = createHash('sha256').update(readFileSync(lockfilePath)).digest('hex');
  return `${lockfile} ${process.versions.modules} ${process.platform}-${process.arch}\n`;
}

function readStamp() {
  try {
    return readFileSync(stampPath, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function countPackages() {
  const { packages } = JSON.parse(readFileSync(lockfilePath, 'utf8'));
  const fits = (wanted, mine) => wanted === undefined || wanted.includes(mine);
  return Object.values(packages).filter(
    ({ version, link, os, cpu }) =>
      version !== undefined && !link && fits(os, process.platform) && fits(cpu, process.arch),
  ).length;
}

/** The npm that runs this script, which need not be the one in PATH. */
function npmCommand(args) {
  const npm = process.env.npm_execpath;
  return npm === undefined ? ['npm', args] : [process.execPath, [npm, ...args]];
}

function say(text) {
  process.stderr.write(`sercli: ${text}\n`);
}
