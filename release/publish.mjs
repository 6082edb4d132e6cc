// `node release/publish.mjs [FOLDER]`: publishes each file that release/pack.mjs has packed and whose version the registry
// does not have, in the order of what depends on what. Run again after a failure, it goes on where it ended. Only Node's
// own modules: where it runs with the right to publish, nothing else is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../scripts/run-quietly.mjs';
import { publicPackages } from './public-packages.mjs';

const folder = resolve(process.argv[2] ?? join(root, 'release', 'packed'));
const published = [];
for (const { manifest } of publicPackages(root)) {
  const { name, version } = manifest;
  const path = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(path)) fail(`${name}@${version}: ${path} is missing; run npm run release:pack`);
  if (isPublished(name, version)) {
    console.log(`${name}@${version} is published already`);
    continue;
  }
  console.log(`publishing ${name}@${version}`);
  // Npm may ask its user for a one-time password.
  const { status } = spawnSync('npm', ['publish', path, '--loglevel=warn'], { stdio: 'inherit' });
  if (status !== 0) fail(`${name}@${version} was not published; npm's messages stand above`);
  published.push(`${name}@${version}`);
}
// For the job that sets the tags.
if (process.env.GITHUB_OUTPUT !== undefined) {
  appendFileSync(process.env.GITHUB_OUTPUT, `published=${published.join(' ')}\n`);
}

function isPublished(name, version) {
  try {
    const versions = JSON.parse(
      execFileSync('npm', ['view', name, 'versions', '--json'], { stdio: 'pipe' }).toString(),
    );
    return [versions].flat().includes(version);
  } catch (error) {
    const answer = `${error.stdout}${error.stderr}`;
    if (answer.includes('E404')) return false;
    return fail(`${name}: the registry does not say which versions it has: ${answer.trim()}`);
  }
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
