import { readFileSync } from 'node:fs';

/**
 * Memory of some processes in bytes, summed (proc_pid_smaps(5)): `proportional` counts what processes share once among
 * them (PSS), `own` only what nobody else has (USS), `resident` everything for each (RSS).
 */
export function memoryOf(pids) {
  return pids.map(ofProcess).reduce((sum, one) => ({
    proportional: sum.proportional + one.proportional,
    own: sum.own + one.own,
    resident: sum.resident + one.resident,
  }));
}

function ofProcess(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (field) => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
  return {
    proportional: bytes('Pss'),
    own: bytes('Private_Clean') + bytes('Private_Dirty'),
    resident: bytes('Rss'),
  };
}
