/** A test that dies in the middle leaves no program behind: whatever still runs is ended with the process. */
const runningPids = new Set<number>();

process.on('exit', () => {
  for (const pid of runningPids) process.kill(pid, 'SIGKILL');
});

/** @param exited settles when the program has been reaped, and its pid may belong to another */
export function endWithThisProcess(pid: number, exited: Promise<unknown>): void {
  runningPids.add(pid);
  const forget = (): void => {
    runningPids.delete(pid);
  };
  void exited.then(forget, forget);
}
