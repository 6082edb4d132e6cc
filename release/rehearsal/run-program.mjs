import { startChild } from './children.mjs';

/** Longer than anything of a rehearsal takes on a busy machine. */
const defaultTimeoutMs = 300_000;
/** Enough of a program's last words to see what was wrong. */
const shownLines = 30;

/** Runs a program to its end and resolves with what it printed; rejects with a sentence that begins with `what`. */
export function runProgram(what, program, args, { cwd, env, timeoutMs = defaultTimeoutMs, show } = {}) {
  return new Promise((resolve, reject) => {
    const child = startChild(program, args, { cwd, env });
    let output = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        show?.(text);
      });
    }
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${what}: ${program} cannot be run (${error.message})`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const end = isLate ? `did not end within ${timeoutMs / 1000} s` : `ended with ${signal ?? code}`;
      reject(
        new Error(
          `${what}: "${[program, ...args].join(' ')}" ${end}${show ? '; what is wrong stands above' : lastLines(output)}`,
        ),
      );
    });
  });
}

function lastLines(output) {
  const lines = output.trimEnd().split('\n').slice(-shownLines);
  return lines.join('') === '' ? '' : `\n    ${lines.join('\n    ')}`;
}
