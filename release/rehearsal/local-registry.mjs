import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.mjs';

const folder = fileURLToPath(new URL('../registry', import.meta.url));

/** Installs verdaccio in a folder of its own, as its lockfile has it, unless it is there. */
export async function installRegistry() {
  const stamp = join(folder, 'node_modules', '.sercli-stamp');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  await runProgram('verdaccio', 'npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: folder });
  writeFileSync(stamp, lockfile);
}

/** Starts an empty registry on loopback. Packages of others come from the registry that npm is set to. */
export async function startRegistry(state) {
  mkdirSync(state);
  const uplink = (await runProgram('npm', 'npm', ['config', 'get', 'registry'])).trim();
  const child = fork(join(folder, 'serve.mjs'), [state, uplink], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const tcpPort = await Promise.race([
    new Promise((resolve) => child.once('message', (message) => resolve(message.tcpPort))),
    ended.then(() => Promise.reject(new Error(`verdaccio ended at its start:\n${output}`))),
  ]);
  return {
    url: `http://127.0.0.1:${tcpPort}/`,
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
