import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, the unit of times in /proc/PID/stat: 100 in every Linux that Node runs on (proc(5)). */
const ticksPerSecond = 100;

/** Processor time in seconds of these processes and of what they have started, user and system. */
export function processorSeconds(pids) {
  return pids.reduce((sum, pid) => sum + ofProcess(pid) + processorSeconds(childrenOf(pid)), 0);
}

function ofProcess(pid) {
  return threadsOf(pid).reduce((sum, thread) => sum + ofThread(`/proc/${pid}/task/${thread}`), 0);
}

/** By the scheduler's clock, in nanoseconds, where the kernel keeps one: ticks of 10 ms are coarse for short turns. */
function ofThread(folder) {
  try {
    const [nanoseconds] = readFileSync(`${folder}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e9;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    const stat = readFileSync(`${folder}/stat`, 'utf8');
    // The name in the second field may contain anything; after it come state, ..., utime (14th), stime (15th).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }
}

function childrenOf(pid) {
  return threadsOf(pid).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid) {
  return readdirSync(`/proc/${pid}/task`);
}
