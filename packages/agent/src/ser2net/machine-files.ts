import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { matchesGlob } from '@sercli/protocol';
import type { NamedFiles } from './statement.ts';

/** In bytes; what is larger is no configuration. */
const mostBytes = 1024 * 1024;

/** The files of this machine. */
export const machineFiles: NamedFiles = {
  read(path) {
    const found = statSync(path);
    if (!found.isFile()) throw new Error(`${path} is no file`);
    if (found.size > mostBytes) throw new Error(`${path} is larger than ${mostBytes} bytes`);
    return readFileSync(path, 'utf8');
  },
  find(pattern) {
    const directory = dirname(pattern);
    let names: readonly string[];
    try {
      names = readdirSync(directory);
    } catch {
      return [];
    }
    const fits = (name: string): boolean => matchesGlob(basename(pattern), name);
    return names
      .filter(fits)
      .sort()
      .map((name) => join(directory, name));
  },
};
