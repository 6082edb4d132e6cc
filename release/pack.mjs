// `npm run release:pack [-- FOLDER]`: packs what is published, as it is built, into release/packed or FOLDER, and checks
// each file. What is checked here is what is published (docs/adr/0021-what-was-checked-is-published.md).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../scripts/run-quietly.mjs';
import { checkPacked } from './packing/check-packed.mjs';
import { printTable } from './print-table.mjs';
import { publicPackages } from './public-packages.mjs';

const folder = resolve(process.argv[2] ?? join(root, 'release', 'packed'));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const workspaces = publicPackages(root).flatMap(({ manifest }) => ['--workspace', manifest.name]);
// The packages are built already, and nothing of theirs runs on packing.
const options = ['--pack-destination', folder, '--ignore-scripts', '--loglevel=error'];
execFileSync('npm', ['pack', ...options, ...workspaces], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

const results = [];
for (const name of readdirSync(folder).sort()) results.push(await checkPacked(join(folder, name)));
printTable(results.map(({ row }) => row));
for (const fault of results.flatMap(({ faults }) => faults)) {
  console.error(fault);
  process.exitCode = 1;
}
