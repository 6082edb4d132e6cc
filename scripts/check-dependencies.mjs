// Who may import whom: in package.json, in the references of tsconfig.json and in the imports themselves.
import { existsSync, readFileSync } from 'node:fs';
import { root } from './run-quietly.mjs';
import { report, sourceFiles } from './source-files.mjs';

/** folder -> the folders whose packages it may import */
const allowed = {
  protocol: [],
  tty: [],
  discovery: ['protocol'],
  'virtual-port': ['tty', 'protocol'],
  link: ['protocol'],
  agent: ['link', 'tty', 'discovery', 'protocol'],
  client: ['link', 'virtual-port', 'discovery', 'protocol'],
  cli: ['agent', 'client', 'protocol'],
  testkit: ['protocol', 'link', 'tty'],
};
/** Packages that only tests import, as a dev-dependency. */
const allowedInTests = { agent: ['testkit'], client: ['testkit'] };
/** Runs in browsers too. */
const withoutNode = ['protocol'];

const folders = Object.keys(allowed);
const nameOf = (folder) => (folder === 'cli' ? 'sercli' : `@sercli/${folder}`);
const folderOf = Object.fromEntries(folders.map((folder) => [nameOf(folder), folder]));

report(
  folders.flatMap((folder) => [...faultsOfManifest(folder), ...faultsOfReferences(folder), ...faultsOfImports(folder)]),
);

function faultsOfManifest(folder) {
  const manifest = readJson(`packages/${folder}/package.json`);
  const ours = (section) => Object.keys(manifest[section] ?? {}).flatMap((name) => folderOf[name] ?? []);
  const faultsIn = (section, permitted) =>
    ours(section)
      .filter((target) => !permitted.includes(target))
      .map((target) => `packages/${folder}/package.json: ${section} must not name ${nameOf(target)}`);
  return [
    ...faultsIn('dependencies', allowed[folder]),
    ...faultsIn('devDependencies', [...allowed[folder], ...(allowedInTests[folder] ?? [])]),
    ...faultsIn('peerDependencies', allowed[folder]),
  ];
}

function faultsOfReferences(folder) {
  const { references = [] } = readJson(`packages/${folder}/tsconfig.json`);
  const permitted = [...allowed[folder], ...(allowedInTests[folder] ?? [])];
  return references
    .map(({ path }) => path.replace(/^\.\.\//, ''))
    .filter((target) => !permitted.includes(target))
    .map((target) => `packages/${folder}/tsconfig.json: references must not name ${target}`);
}

function faultsOfImports(folder) {
  return sourceFiles(`packages/${folder}/src`).flatMap(({ path, text }) => {
    const isTest = path.endsWith('.test.ts');
    const permitted = [...allowed[folder], ...(isTest ? (allowedInTests[folder] ?? []) : [])];
    return importsOf(text).flatMap((specifier) => faultOfImport(folder, path, specifier, permitted, isTest));
  });
}

function faultOfImport(folder, path, specifier, permitted, isTest) {
  if (specifier.startsWith('node:')) {
    return withoutNode.includes(folder) && !isTest
      ? [`${path}: ${specifier} cannot be imported here, it must run in browsers`]
      : [];
  }
  if (specifier.startsWith('../') && leavesPackage(path, specifier)) {
    return [`${path}: ${specifier} reaches into another package; import it by its name`];
  }
  const name = Object.keys(folderOf).find(
    (candidate) => specifier === candidate || specifier.startsWith(`${candidate}/`),
  );
  if (name === undefined) return [];
  if (!entriesOf(name).includes(specifier)) return [`${path}: ${specifier} is a deep import; import from ${name}`];
  return permitted.includes(folderOf[name]) ? [] : [`${path}: ${name} must not be imported here`];
}

/** What a package offers to import: itself, and the parts that its `exports` name. */
function entriesOf(name) {
  const { exports = {} } = readJson(`packages/${folderOf[name]}/package.json`);
  return Object.keys(exports).map((entry) => entry.replace(/^\./, name));
}

/** Everything between quotes after import, from or import( : good enough for formatted code. */
function importsOf(text) {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g)].map((match) => match[1]);
}

/** packages/NAME/src/a/b.ts may climb once for each folder below src. */
function leavesPackage(path, specifier) {
  const foldersBelowSource = path.split('/').length - 4;
  return specifier.split('/').filter((part) => part === '..').length > foldersBelowSource;
}

function readJson(path) {
  return existsSync(`${root}/${path}`) ? JSON.parse(readFileSync(`${root}/${path}`, 'utf8')) : {};
}
