// A lockfile can lack the packages of platforms other than the one it was made on; `npm ci` then fails from a clean
// clone. It can also name a registry that others do not have.
import { readFileSync } from 'node:fs';
import { root } from './run-quietly.mjs';
import { report } from './source-files.mjs';

const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
report(
  Object.entries(packages).flatMap(([path, entry]) => [...missingPackages(path, entry), ...foreignSource(path, entry)]),
);

function missingPackages(path, { optionalDependencies = {} }) {
  return Object.keys(optionalDependencies)
    .filter((name) => !isResolvable(path, name))
    .map((name) => `package-lock.json: ${path} wants ${name} on some platform, and it is missing`);
}

/** Whether Node would find the package from there: in its own node_modules or in one further up. */
function isResolvable(path, name) {
  const parents = path.split('/node_modules/');
  const places = parents.map((_, count) => parents.slice(0, count + 1).join('/node_modules/'));
  return [...places.map((place) => `${place}/node_modules/${name}`), `node_modules/${name}`].some(
    (place) => place in packages,
  );
}

function foreignSource(path, { resolved, link }) {
  if (resolved === undefined || link || resolved.startsWith('https://registry.npmjs.org/')) return [];
  return [`package-lock.json: ${path} comes from ${resolved}, not from the npm registry`];
}
