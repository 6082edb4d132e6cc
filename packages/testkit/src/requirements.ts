import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { describe } from 'vitest';

/** What a suite of tests needs of the machine. */
export interface Requirements {
  readonly root?: boolean;
  /** May make network namespaces, which some containers forbid even to root. */
  readonly networkNamespaces?: boolean;
  /** Programs in PATH. */
  readonly programs?: readonly string[];
  /** Modules of the system's Python. */
  readonly python?: readonly string[];
}

/** The system's own: another python3 may stand before it in PATH and lack the distribution's modules. */
export const systemPython = '/usr/bin/python3';

/**
 * Returns vitest's `describe` when the machine has all of this. Otherwise one that skips the suite and says in its
 * name what is missing, in the form that scripts/test.mjs reports.
 */
export function requires(requirements: Requirements): (name: string, suite: () => void) => void {
  const missing = whatIsMissing(requirements);
  if (missing.length === 0) return (name, suite) => void describe(name, suite);
  return (name, suite) => void describe.skip(`${name} (skipped: ${missing.join(', ')})`, suite);
}

function whatIsMissing({ root, networkNamespaces, programs = [], python = [] }: Requirements): string[] {
  const missing: string[] = [];
  if (root === true && process.getuid?.() !== 0) missing.push('not root');
  if (networkNamespaces === true && !succeeds('unshare', ['--net', 'true'])) missing.push('no network namespaces');
  for (const program of programs) if (!isInPath(program)) missing.push(`${program} is not installed`);
  for (const module of python) {
    if (!succeeds(systemPython, ['-c', `import ${module}`])) missing.push(`${systemPython} has no ${module}`);
  }
  return missing;
}

function isInPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.some((folder) => isExecutable(`${folder}/${program}`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
