import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from './run-program.mjs';

/** A clone of the tree with what is not committed yet and all that is installed: what happens in it stays in it. */
export async function copyTree(root, copy) {
  await runProgram('copy of the tree', 'git', ['clone', '--quiet', '--no-hardlinks', root, copy]);
  await copyUncommitted(root, copy);
  const packages = readdirSync(join(copy, 'packages')).map((name) => join('packages', name, 'node_modules'));
  for (const path of ['node_modules', ...packages]) {
    if (existsSync(join(root, path))) linkInstalled(join(root, path), join(copy, path));
  }
}

async function copyUncommitted(root, copy) {
  for (const path of await changedPaths(root)) {
    if (!existsSync(join(root, path))) {
      rmSync(join(copy, path), { force: true });
      continue;
    }
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { verbatimSymlinks: true });
  }
}

async function changedPaths(root) {
  const list = (...args) => runProgram('copy of the tree', 'git', args, { cwd: root });
  const changed = await list('diff', '--name-only', '--no-renames', '-z', 'HEAD');
  const added = await list('ls-files', '--others', '--exclude-standard', '-z');
  return `${changed}${added}`.split('\0').filter((path) => path !== '');
}

/** Packages of others are where they are; our own, which npm links to by relative paths, are those of the copy. */
function linkInstalled(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '@sercli') linkInstalled(source, target);
    else symlinkSync(source, target);
  }
}
