import { performance } from 'node:perf_hooks';
import { afterExactly } from './exact-timer.ts';

/** Time, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Calls `run` once, `ms` from now; what is returned cancels it. */
  after(ms: number, run: () => void): () => void;
  /** As `after`, and never before its time and hardly behind it, which costs processor time. */
  afterExactly(ms: number, run: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  afterExactly,
};

/** What all have in common that have the same clock; made when it is first asked for. */
export function oneForEachClock<Thing extends object>(make: (clock: Clock) => Thing): (clock: Clock) => Thing {
  const things = new WeakMap<Clock, Thing>();
  return (clock) => {
    const known = things.get(clock);
    if (known !== undefined) return known;
    const made = make(clock);
    things.set(clock, made);
    return made;
  };
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
export function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return unlessAborted((done) => clock.after(ms, done), signal);
}

/** As `delay`, by `Clock.afterExactly`. */
export function exactDelay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return unlessAborted((done) => clock.afterExactly(ms, done), signal);
}

function unlessAborted(start: (done: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const giveUp = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = start(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
