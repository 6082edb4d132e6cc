import { loadNative } from './native-modules.ts';
import { bindingModule } from './native-poller.ts';
import { libc } from './system-calls.ts';

/**
 * Loads the native modules that every tty needs, 8 ms, while the program waits for something else: in two turns of the event
 * loop, so that neither delays what comes in by more than its half. Where one cannot be loaded, who needs it is told.
 */
export function preloadNatives(): void {
  setImmediate(() => {
    attempt(libc);
    setImmediate(() => attempt(() => loadNative(bindingModule)));
  });
}

function attempt(load: () => unknown): void {
  try {
    load();
  } catch {
    return;
  }
}
