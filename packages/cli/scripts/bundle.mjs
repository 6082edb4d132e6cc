// Writes bundle/: the program with all that it imports, a file for each command and for what several share. Reading some
// 300 modules one by one was most of what starting took (docs/adr/0015-the-program-is-bundled.md). `npm run build` calls
// it, and so do the tests before they begin: they run what has just been compiled.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const directory = fileURLToPath(new URL('../bundle', import.meta.url));

/** With binaries of their own, and what `ws` does without. */
const external = [/^@serialport\//, /^@lydell\//, 'koffi', 'bufferutil', 'utf-8-validate'];

/** Commander starts programs for commands that are files of their own. There are none, and Node's part for it takes 6 ms. */
const lateChildProcess = {
  name: 'late-child-process',
  transform(code, id) {
    if (!id.endsWith('/commander/lib/command.js')) return undefined;
    const early = "const childProcess = require('node:child_process');";
    if (!code.includes(early)) throw new Error('commander loads node:child_process in another way');
    return code.replace(
      early,
      "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };",
    );
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();

/** Vitest calls it by this name. */
export async function setup() {
  const input = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const build = await rolldown({ input, platform: 'node', external, plugins: [lateChildProcess] });
  const { output } = await build.generate({
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  });
  await build.close();
  mkdirSync(directory, { recursive: true });
  const digest = createHash('sha256');
  for (const { fileName, code } of output) {
    writeFileSync(join(directory, fileName), asFunction(code));
    digest.update(code);
  }
  writeFileSync(join(directory, 'build-id'), digest.digest('hex'));
  const written = new Set(['build-id', ...output.map(({ fileName }) => fileName)]);
  for (const name of readdirSync(directory)) if (!written.has(name)) rmSync(join(directory, name));
  writeFileSync(join(directory, 'LICENSES'), licencesOf(output.flatMap(({ moduleIds = [] }) => moduleIds)));
}

/** The function that a module of CommonJS is run as; put around it at each start, it would be copied once more. */
function asFunction(code) {
  return `(function (exports, require, module, __filename, __dirname) {${code}})`;
}

/** What the licences of the bundled packages ask to be kept with them. */
function licencesOf(moduleIds) {
  const packages = new Set(moduleIds.filter((id) => id.includes('/node_modules/')).map(packageOf));
  return [...packages]
    .sort()
    .map((path) => `${path.split('/node_modules/').at(-1)}\n\n${licenceIn(path)}`)
    .join('\n\n');
}

function packageOf(moduleId) {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(moduleId)[0];
}

function licenceIn(path) {
  const name = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  if (name !== undefined) return readFileSync(join(path, name), 'utf8');
  return JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).license;
}
