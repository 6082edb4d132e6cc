import { ChildProgram } from '../../packages/testkit/dist/child-program.js';

/** A busy machine may need this long to close some hundred ports, in milliseconds. */
const endTimeoutMs = 30_000;

const running = new Set();

/** Starts a program, which `endPrograms` ends if nobody else does. */
export async function startProgram(file, args, options) {
  const program = await ChildProgram.start(file, args, options);
  running.add(program);
  void program.exited.then(() => running.delete(program));
  return program;
}

/** What has been started and has not ended. */
export function runningPrograms() {
  return new Set(running);
}

/** Ends what runs, but for `others`. */
export async function endPrograms(others = new Set()) {
  await Promise.all([...running].filter((program) => !others.has(program)).map(endProgram));
}

/** Ends a program in order, so that lock files and records are taken away. */
export async function endProgram(program) {
  program.signal('SIGCONT');
  program.signal('SIGTERM');
  const timer = setTimeout(() => program.signal('SIGKILL'), endTimeoutMs);
  await program.exited;
  clearTimeout(timer);
}
