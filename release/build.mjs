// Builds what is published from nothing. A compiler leaves the output of sources that are gone, and turbo adds what it has
// kept to what is there: harmless on a developer's machine, and packed with everything else.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runQuietly } from '../scripts/run-quietly.mjs';
import { publicPackages } from './public-packages.mjs';

for (const { folder } of publicPackages(root)) {
  for (const output of ['dist', 'bundle']) rmSync(join(folder, output), { recursive: true, force: true });
}
const turbo = join(root, 'node_modules', '.bin', 'turbo');
const { succeeded, output } = await runQuietly(turbo, ['run', 'build', '--output-logs=errors-only']);
if (!succeeded) {
  console.error(output);
  process.exitCode = 1;
}
