// `node release/publish.mjs [FOLDER]`: publishes each file that release/pack.mjs has packed and whose version the registry
// does not have, in the order of what depends on what. Run again after a failure, it goes on where it ended. Only Node's
// own modules: where it runs with the right to publish, nothing else is installed.
import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../scripts/run-quietly.mjs';
import { publicPackages } from './public-packages.mjs';

const folder = resolve(process.argv[2] ?? join(root, 'release', 'packed'));
const wanted = publicPackages(root).map(({ manifest }) => manifest);
// All are asked for at once, before anything is published.
const known = await Promise.all(wanted.map(({ name }) => publishedVersions(name)));
for (const [index, { name, version }] of wanted.entries()) {
  if (known[index].includes(version)) {
    console.log(`${name}@${version} is published already`);
    continue;
  }
  const path = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(path)) fail(`${name}@${version}: ${path} is missing; run npm run release:pack`);
  console.log(`publishing ${name}@${version}`);
  // Npm may ask its user for a one-time password.
  const { status } = spawnSync('npm', ['publish', path, '--loglevel=warn'], { stdio: 'inherit' });
  if (status !== 0) fail(`${name}@${version} was not published; npm's messages stand above`);
}
if (process.env.GITHUB_OUTPUT) {
  // For the job that tags what has no tag yet: all, since a run before may have failed after some.
  const versions = wanted.map(({ name, version }) => `${name}@${version}`);
  appendFileSync(process.env.GITHUB_OUTPUT, `versions=${versions.join(' ')}\n`);
}

function publishedVersions(name) {
  return new Promise((resolve) => {
    execFile('npm', ['view', name, 'versions', '--json'], (error, output, errors) => {
      if (error === null) resolve([JSON.parse(output)].flat());
      else if (`${output}${errors}`.includes('E404')) resolve([]);
      else fail(`${name}: the registry does not say which versions it has: ${`${output}${errors}`.trim()}`);
    });
  });
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
