import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './run-quietly.mjs';

const skippedFolders = new Set(['node_modules', 'dist', 'bundle', '.turbo', 'cache', 'coverage', '.git']);

/** What others write, or what is generated. */
const foreignDocuments = /(^|\/)(CHANGELOG\.md|reference\/api\/)/;

/** Every document of the repository, its path from the top. */
export function documentPaths(folder = '.') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : documentPaths(path);
    return entry.name.endsWith('.md') && !foreignDocuments.test(path) ? [path] : [];
  });
}

/** Every hand-written source file below a folder of the repository: `{ path, text }`, the path from the top. */
export function sourceFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : sourceFiles(path);
    if (!/\.(ts|mts|js|mjs|vue)$/.test(entry.name)) return [];
    return [{ path: relative(root, join(root, path)), text: readFileSync(join(root, path), 'utf8') }];
  });
}

/** Prints what a check found and ends the program accordingly. */
export function report(faults) {
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
