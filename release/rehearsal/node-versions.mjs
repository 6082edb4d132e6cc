import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.mjs';

const wanted = [22, 24];
/** Blocks install scripts; needs Node 22. */
const npmOfTheFuture = 12;

/** The Node at hand with its npm: `{ name, major, binary, npm, blocksScripts }`. */
export async function nodeAtHand() {
  const binary = process.execPath;
  const npm = process.env.npm_execpath ?? (await npmOnPath());
  const npmVersion = (await runProgram('npm', binary, [npm, '--version'])).trim();
  return describe(process.versions.node, binary, npm, npmVersion);
}

/**
 * Fetches Node 22 and 24, and npm 12 for them. The packages of the very platform, because that named `node` fetches its
 * binary in an install script.
 */
export async function fetchNodes(folder, cache) {
  mkdirSync(folder);
  // Without one, npm looks for one further up.
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const platform = `${process.platform}-${process.arch}`;
  const nodes = wanted.map((major) => `node${major}@npm:node-${platform}@${major}`);
  const args = ['install', '--no-save', '--ignore-scripts', '--loglevel=error', ...nodes, `npm@${npmOfTheFuture}`];
  await runProgram('Node of other versions', 'npm', args, {
    cwd: folder,
    env: { ...process.env, npm_config_cache: cache },
  });
  const npm = join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const found = [];
  for (const major of wanted) {
    const binary = join(folder, 'node_modules', `node${major}`, 'bin', 'node');
    const version = (await runProgram(`Node ${major}`, binary, ['--version'])).trim().slice(1);
    const npmVersion = (await runProgram(`npm ${npmOfTheFuture} on Node ${major}`, binary, [npm, '--version'])).trim();
    found.push(describe(version, binary, npm, npmVersion));
  }
  return found;
}

function describe(version, binary, npm, npmVersion) {
  const blocksScripts = Number.parseInt(npmVersion, 10) >= npmOfTheFuture;
  const major = Number.parseInt(version, 10);
  return { name: `Node ${version} with npm ${npmVersion}`, major, binary, npm, blocksScripts };
}

async function npmOnPath() {
  const root = await runProgram('npm', 'npm', ['root', '--global']);
  return join(root.trim(), 'npm', 'bin', 'npm-cli.js');
}
