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

/** Resolves as `promise` does, and rejects when that takes longer than `timeoutMs`. */
export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
