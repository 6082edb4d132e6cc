import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('.', import.meta.url));
const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror'];
const jobs = ['ping', 'echo', 'send', 'receive', 'burst', 'collect'];

/** program -> the C files that it is made of */
const programs = {
  'pty-content': ['pty-content'],
  started: ['started', 'ports'],
  endpoint: ['endpoint', 'ports', 'job', 'pattern', 'samples', ...jobs],
};

/** Compiles the load programs into a folder: program -> path. */
export function buildLoadPrograms(folder) {
  return Object.fromEntries(
    Object.entries(programs).map(([program, files]) => {
      const path = join(folder, program);
      execFileSync('gcc', [...flags, '-o', path, ...files.map((file) => join(sources, `${file}.c`))]);
      return [program, path];
    }),
  );
}
