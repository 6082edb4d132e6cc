import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeExample } from './readme-example.mjs';
import { runProgram } from './run-program.mjs';

/** An example ends within 10 s; a machine that is busy may take longer. */
const exampleMs = 30_000;
/** Must do with the types of browsers alone, besides those of Node. */
const browserLibraries = ['@sercli/protocol'];
/** What a consumer's types are held to. `skipLibCheck` is off: declarations that name what is not installed are errors. */
const strict = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

/**
 * Installs a package alone into an empty folder, as a newcomer does, and compiles an import of it and its README's example.
 * `workspace` lends the compiler and Node's types, which a consumer has anyway, and nothing else.
 */
export async function installAlone(newcomer, { name, exports }, workspace) {
  const folder = join(newcomer.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const install = ['install', name, '--prefer-offline', '--loglevel=error'];
  await newcomer.npm(`${name}: npm install ${name}`, install, folder);
  const compile = (what, options) => runCompiler(`${name}: type-check in ${what}`, folder, workspace, options);
  writeFileSync(join(folder, 'import.ts'), importsOf(name, exports));
  if (browserLibraries.includes(name)) {
    await compile('a strict consumer for browsers', { lib: ['es2023', 'dom'], types: [], noEmit: true });
  }
  writeFileSync(join(folder, 'example.ts'), exampleOf(folder, name));
  const typeRoots = [join(workspace, 'node_modules', '@types')];
  await compile('a strict consumer', { lib: ['es2023'], typeRoots, types: ['node'] });
  await newcomer.run(`${name}: import`, 'node', ['import.js'], { cwd: folder });
  return folder;
}

/** Runs the example of an installed package on the newcomer's version of Node. */
export async function runExample(newcomer, name, folder) {
  const what = `${name}: its README's example on ${newcomer.node.name}`;
  await newcomer.run(what, 'node', ['example.js'], { cwd: folder, timeoutMs: exampleMs });
}

async function runCompiler(what, folder, workspace, options) {
  const project = { compilerOptions: { ...strict, ...options }, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(workspace, 'node_modules', 'typescript', 'bin', 'tsc');
  await runProgram(what, process.execPath, [compiler, '--project', folder], { cwd: folder });
}

function exampleOf(folder, name) {
  const path = join(folder, 'node_modules', name, 'README.md');
  const example = existsSync(path) ? readmeExample(readFileSync(path, 'utf8')) : undefined;
  if (example === undefined)
    throw new Error(`${name}: its README.md has no example; its first block of ts is to be one`);
  return example;
}

/** A program that imports each entry of a package; one that has none is imported by nobody. */
function importsOf(name, exports) {
  const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
  const lines = entries.flatMap((entry, index) => [
    `import * as entry${index} from '${name}${entry.slice(1)}';`,
    `if (Object.keys(entry${index}).length === 0) throw new Error('${entry} exports nothing');`,
  ]);
  return `${[...lines, 'export {};'].join('\n')}\n`;
}
