import { spawn } from 'node:child_process';

const running = new Set();
// Whatever ends a rehearsal, no agent and no npm is left behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A child process whose output is text, and which does not outlive this one. */
export function startChild(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.on('close', () => running.delete(child));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8');
  return child;
}
