import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyTree } from './tree-copy.mjs';

let folder;
let tree;
let copy;
beforeEach(() => {
  // The temporary folder may itself be a link.
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sercli-tree-')));
  tree = join(folder, 'tree');
  copy = join(folder, 'copy');
  mkdirSync(join(tree, 'packages', 'link'), { recursive: true });
  write('.gitignore', 'node_modules\n');
  write('packages/link/index.js', 'committed');
  write('removed.js', 'committed');
  const git = (...args) => execFileSync('git', args, { cwd: tree, stdio: 'ignore' });
  git('init');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--message', 'first');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path, text) => writeFileSync(join(tree, path), text);
const read = (path) => readFileSync(join(copy, path), 'utf8');

it('has what is not committed yet', async () => {
  write('packages/link/index.js', 'changed');
  write('packages/link/new file.js', 'added');
  rmSync(join(tree, 'removed.js'));
  await copyTree(tree, copy);
  expect(read('packages/link/index.js')).toBe('changed');
  expect(read('packages/link/new file.js')).toBe('added');
  expect(existsSync(join(copy, 'removed.js'))).toBe(false);
});

it('has the packages of others as they are installed, and its own in place of ours', async () => {
  mkdirSync(join(tree, 'node_modules', 'ws'), { recursive: true });
  mkdirSync(join(tree, 'node_modules', '@sercli'));
  symlinkSync('../../packages/link', join(tree, 'node_modules', '@sercli', 'link'));
  await copyTree(tree, copy);
  expect(realpathSync(join(copy, 'node_modules', 'ws'))).toBe(join(tree, 'node_modules', 'ws'));
  expect(realpathSync(join(copy, 'node_modules', '@sercli', 'link'))).toBe(join(copy, 'packages', 'link'));
});

it('leaves the tree as it is, whatever becomes of the copy', async () => {
  await copyTree(tree, copy);
  writeFileSync(join(copy, 'packages/link/index.js'), 'released');
  expect(readFileSync(join(tree, 'packages/link/index.js'), 'utf8')).toBe('committed');
});
