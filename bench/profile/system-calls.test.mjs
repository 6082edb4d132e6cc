import { expect, it } from 'vitest';
import { parseCounts } from './system-calls.mjs';

it('reads what strace counts, with and without errors', () => {
  const table = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 94.90    1.562837        8930       175         6 futex
  1.59    0.026106           3      8656           read
------ ----------- ----------- --------- --------- ----------------
100.00    1.646757          57     28746     15845 total
`;
  expect(parseCounts(table)).toEqual({ futex: 175, read: 8656 });
});
