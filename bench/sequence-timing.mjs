// `npm run bench:sequence [-- SECONDS]`: how much longer than asked the steps of a line sequence are. What sets the lines
// is left out: a UART takes microseconds, a USB adapter some tenths of a millisecond. Where the machine is busy with other
// programs, `chrt -f 50 npm run bench:sequence` shows what is the agent's own.
import { performance } from 'node:perf_hooks';
import { realClock } from '../packages/agent/dist/devices/clock.js';
import { LineSequences } from '../packages/agent/dist/devices/line-sequences.js';

const stepsMs = [0.1, 1, 5, 20, 50, 100];
const secondsEach = Number(process.argv[2] ?? 10);
const goalMs = 1;

console.log(`step ms    steps    error of a step, ms: min     p50     p99     max    processor %`);
let worst = 0;
for (const ms of stepsMs) {
  const { errors, processor } = await measure(ms);
  const [min, p50, p99, max] = [0, 0.5, 0.99, 1].map((part) => quantile(errors, part));
  worst = Math.max(worst, p99);
  const numbers = [min, p50, p99, max].map((error) => error.toFixed(3).padStart(8)).join('');
  console.log(
    `${String(ms).padStart(7)} ${String(errors.length).padStart(8)} ${' '.repeat(17)}${numbers} ${(100 * processor).toFixed(1).padStart(14)}`,
  );
  if (min < 0) {
    console.log(`failed: a step of ${ms} ms was too short`);
    process.exitCode = 1;
  }
}
console.log(`p99 ${worst.toFixed(3)} ms at the worst, and ${goalMs} ms is the aim`);

/** Steps of one length after each other: what came between two of them beyond what was asked. */
async function measure(ms) {
  const times = [];
  const outputs = { dtr: false, rts: false };
  const lines = { outputs, apply: () => times.push(performance.now()), remember: () => undefined };
  const sequences = new LineSequences(realClock, lines);
  const count = Math.min(5_000, Math.ceil((1000 * secondsEach) / ms));
  const steps = Array.from({ length: count }, (_, step) => ({ dtr: step % 2 === 0, waitMs: ms }));
  const before = process.cpuUsage();
  const start = performance.now();
  await sequences.run([...steps, { dtr: false }], sequences.signal);
  const { user, system } = process.cpuUsage(before);
  const errors = times.slice(1).map((time, index) => time - times[index] - ms);
  return {
    errors: errors.sort((one, other) => one - other),
    processor: (user + system) / 1000 / (performance.now() - start),
  };
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
