/** Signals that ask a program to end. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborted when the user or the system asks the program to end; a second request ends it at once.
 *
 * @param reload is called upon SIGHUP, which otherwise ends the program too
 */
export function untilInterrupted(reload?: () => void): AbortSignal {
  const controller = new AbortController();
  endWithoutReader(controller);
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && reload !== undefined) return reload();
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * Output that nobody can take any more (EPIPE: `| head` has left; ENOSPC: the disk is full) ends the program as a signal
 * does, so that links and sessions are cleaned up.
 */
function endWithoutReader(controller: AbortController): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => controller.abort());
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
