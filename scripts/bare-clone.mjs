// What a newcomer does: clone the commit at hand, then `npm start`, with nothing installed, nothing cached and no
// terminal. Passes when that ends with 0 and the demo says that bytes went there and back.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run-quietly.mjs';

/** Printed by `sercli demo` once its round trip has succeeded. */
const roundTripLine = /round trip proved/;
const timeLimitMs = 5 * 60_000;

const folder = mkdtempSync(join(tmpdir(), 'sercli-bare-clone-'));
const clone = join(folder, 'sercli');
const home = join(folder, 'home');
try {
  mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', '--no-local', root, clone]);
  const { code, output } = await start();
  if (code !== 0) fail(`npm start ended with ${code}`);
  else if (!roundTripLine.test(output)) fail(`npm start did not print ${roundTripLine}`);
  else if (execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' }) !== '') {
    fail('npm start left files behind that git does not ignore');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function start() {
  const child = spawn('npm', ['start'], { cwd: clone, env: newcomersEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGTERM'), timeLimitMs);
  let output = '';
  const show = (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  };
  child.stdout.on('data', show);
  child.stderr.on('data', show);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: signal ?? code, output });
    });
  });
}

/** An empty npm cache and an empty home, and nothing that a surrounding `npm run` has set. The registry stays. */
function newcomersEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(registry|userconfig)$)/i.test(name));
  const npmrc = process.env.npm_config_userconfig ?? join(process.env.HOME ?? '/', '.npmrc');
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    npm_config_cache: join(folder, 'cache'),
    npm_config_userconfig: npmrc,
  };
}

function fail(reason) {
  console.log(`bare clone: ${reason}`);
  process.exitCode = 1;
}
