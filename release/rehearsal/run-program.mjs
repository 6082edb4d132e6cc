import { startChild } from './children.mjs';

/** Longer than anything of a rehearsal takes on a busy machine. */
const defaultTimeoutMs = 300_000;
/** Enough of a program's last words to see what was wrong. */
const shownLines = 30;

/**
 * Runs a program to its end and resolves with its standard output; rejects with a sentence that begins with `what` and has
 * the program's last words. `show` gets standard output while it runs.
 */
export function runProgram(what, program, args, { cwd, env, timeoutMs = defaultTimeoutMs, show } = {}) {
  return new Promise((resolve, reject) => {
    const child = startChild(program, args, { cwd, env });
    let output = '';
    let unseen = '';
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (text) => {
      output += text;
      if (show === undefined) unseen += text;
      else show(text);
    });
    child.stderr.on('data', (text) => {
      unseen += text;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`${what}: ${program} cannot be run (${error.message})`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(output);
      const end = isLate ? `did not end within ${timeoutMs / 1000} s` : `ended with ${signal ?? code}`;
      reject(new Error(`${what}: "${[program, ...args].join(' ')}" ${end}${lastLines(unseen)}`));
    });
  });
}

function lastLines(output) {
  const lines = output.trimEnd().split('\n').slice(-shownLines);
  return lines.join('') === '' ? '' : `\n    ${lines.join('\n    ')}`;
}
