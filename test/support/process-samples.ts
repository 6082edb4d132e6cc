import { readdir, readFile } from 'node:fs/promises';

interface Sample {
  /** Since the first sample. */
  readonly minutes: number;
  readonly residentBytes: number;
  readonly descriptors: number;
}

/** How memory and descriptors of a process change, per minute. */
export interface Trend {
  readonly residentBytes: number;
  readonly descriptors: number;
}

/** Looks at a process again and again. */
export class ProcessSamples {
  readonly #pid: number;
  readonly #samples: Sample[] = [];
  #startMs: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  async take(): Promise<void> {
    this.#startMs ??= performance.now();
    const minutes = (performance.now() - this.#startMs) / 60_000;
    const [bytes, descriptors] = await Promise.all([residentBytes(this.#pid), openDescriptors(this.#pid)]);
    this.#samples.push({ minutes, residentBytes: bytes, descriptors });
  }

  get first(): Sample | undefined {
    return this.#samples[0];
  }

  get last(): Sample | undefined {
    return this.#samples.at(-1);
  }

  /** The slopes of the straight lines nearest to the samples; the first fifth, in which buffers fill, does not count. */
  trend(): Trend {
    const steady = this.#samples.slice(Math.floor(this.#samples.length / 5));
    const slope = (value: (sample: Sample) => number): number =>
      slopeOf(steady.map((sample) => [sample.minutes, value(sample)]));
    return {
      residentBytes: slope((sample) => sample.residentBytes),
      descriptors: slope((sample) => sample.descriptors),
    };
  }
}

/** Memory of a process that is not swapped out (VmRSS, proc(5)). */
export async function residentBytes(pid: number): Promise<number> {
  return memoryOf(pid, 'VmRSS');
}

/** The most that it ever was (VmHWM, proc(5)). */
export async function mostResidentBytes(pid: number): Promise<number> {
  return memoryOf(pid, 'VmHWM');
}

async function memoryOf(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
}

export async function openDescriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([one]) => one)), mean(points.map(([, other]) => other))];
  const above = mean(points.map(([one, other]) => (one - x) * (other - y)));
  return above / mean(points.map(([one]) => (one - x) ** 2));
}
