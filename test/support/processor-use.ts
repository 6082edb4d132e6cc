import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** USER_HZ, the unit of times in /proc/PID/stat: 100 in every Linux that Node runs on (proc(5), sysconf(_SC_CLK_TCK)). */
const ticksPerSecond = 100;

/** The share of one processor that each process uses in the next `seconds`, from 0 to 1; user and system time. */
export async function processorUse(pids: readonly number[], seconds: number): Promise<number[]> {
  const before = await Promise.all(pids.map(usedSeconds));
  const start = performance.now();
  await wait(seconds * 1000);
  const after = await Promise.all(pids.map(usedSeconds));
  const elapsed = (performance.now() - start) / 1000;
  return after.map((used, index) => (used - (before[index] ?? 0)) / elapsed);
}

async function usedSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in the second field may contain anything; after it come state, ..., utime (14th), stime (15th).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
