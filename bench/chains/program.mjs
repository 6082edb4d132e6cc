import { ChildProgram } from '../../packages/testkit/dist/child-program.js';

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

/** Ends what runs, but for `others`: in order, so that lock files and records are taken away. */
export async function endPrograms(others = new Set()) {
  const programs = [...running].filter((program) => !others.has(program));
  for (const program of programs) program.signal('SIGCONT');
  await Promise.all(programs.map((program) => program.end()));
}
