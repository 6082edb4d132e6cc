/**
 * setTimeout counts whole milliseconds from the beginning of a turn of the event loop: it fires up to 1 ms too early, or
 * some tenths too late. So much before its time the timer looks at the clock in every turn instead, in milliseconds.
 */
const watchMs = 2;

/** Calls `run` once, `ms` from now, never before and as a rule within 0.1 ms; what is returned cancels it. */
export function afterExactly(ms: number, run: () => void): () => void {
  const end = performance.now() + ms;
  let turn: NodeJS.Immediate | undefined;
  /** Other ports have their turns in between. */
  const watch = (): void => {
    if (performance.now() >= end) return run();
    turn = setImmediate(watch);
  };
  const timer = ms > watchMs ? setTimeout(watch, ms - watchMs) : undefined;
  if (timer === undefined) turn = setImmediate(watch);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
