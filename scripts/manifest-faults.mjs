// What the package.json of a published package has to say. npm takes what it finds: a package without `types` or with a
// wrong folder of its repository is published just as well.

const itself = { './package.json': './package.json' };
const libraryFiles = ['dist', 'src', '!**/*.tsbuildinfo', '!**/*.test.ts', '!**/testing'];

/**
 * What is wrong with a package: `{ folder, manifest, licence }`, the text of its licence. The workspace has `engines`,
 * `licence`, and `versions`: the version of each of our published packages by its name.
 */
export function manifestFaults({ folder, manifest, licence }, workspace) {
  const isProgram = manifest.bin !== undefined;
  const expected = {
    type: 'module',
    license: 'MIT',
    engines: workspace.engines,
    repository: {
      type: 'git',
      url: 'git+https://github.com/sercli/sercli.git',
      directory: `packages/${folder}`,
    },
    exports: isProgram ? itself : libraryExports(manifest),
    sideEffects: false,
    publishConfig: { access: 'public' },
  };
  return [
    ...Object.entries(expected).flatMap(([field, value]) => faultOfField(manifest, field, value)),
    ...faultsOfTexts(manifest),
    ...(isProgram ? [] : faultsOfFiles(manifest)),
    ...faultsOfRanges(manifest, workspace.versions),
    ...(licence === workspace.licence ? [] : ['LICENSE is missing or not that of the repository; copy it from there']),
  ].map((fault) => `packages/${folder}: ${fault}`);
}

/** The entry `.`, and others if there are any, each of a module of its name. */
function libraryExports({ exports = {} }) {
  const others = Object.keys(exports).filter((entry) => entry !== '.' && entry !== './package.json');
  const entryOf = (name) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  const named = others.map((entry) => [entry, entryOf(entry.slice('./'.length))]);
  return { '.': entryOf('index'), ...Object.fromEntries(named), ...itself };
}

function faultOfField(manifest, field, value) {
  if (JSON.stringify(manifest[field]) === JSON.stringify(value)) return [];
  return [`${field} in package.json must be ${JSON.stringify(value)}`];
}

function faultsOfTexts({ description = '', keywords = [] }) {
  return [
    ...(/^\S.{20,118}\.$/.test(description)
      ? []
      : ['description in package.json must be one line that ends with a full stop']),
    ...(keywords.includes('serial') && keywords.length >= 4
      ? []
      : ['keywords in package.json must be four or more, "serial" among them']),
  ];
}

function faultsOfFiles({ files = [] }) {
  return libraryFiles
    .filter((pattern) => !files.includes(pattern))
    .map((pattern) => `files in package.json must have ${JSON.stringify(pattern)}`);
}

/** With an exact version, who installs two of our packages may get a third one twice, and its classes with it. */
function faultsOfRanges({ dependencies = {} }, versions) {
  return Object.entries(dependencies)
    .filter(([name, range]) => name in versions && range !== `^${versions[name]}`)
    .map(([name, range]) => `package.json must ask for ${name} ^${versions[name]}, and it asks for ${range}`);
}
