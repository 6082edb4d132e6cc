import { performance } from 'node:perf_hooks';

/** Time, so that tests can bring their own. */
export interface SessionClock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `run` once, `ms` from now; what is returned cancels it. */
  after(ms: number, run: () => void): () => void;
}

export const realSessionClock: SessionClock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
