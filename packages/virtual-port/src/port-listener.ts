import type { LineSettings } from '@sercli/protocol';

/** The one user of a virtual port. All are called synchronously and must not throw. */
export interface VirtualPortListener {
  /** An application has opened the port. */
  opened(): void;
  /** The last application has closed it, and everything they wrote has been consumed. */
  closed(): void;
  /** `peek` has bytes from the application that it had not before. */
  readable(): void;
  /** `write` takes bytes again after it took less than it was given. */
  writable(): void;
  /** The application has changed the line settings. */
  settings(settings: LineSettings): void;
  /** The application has discarded bytes: those it had `received`, those it had `unsent` (tcflush(3)). */
  flush(queue: 'received' | 'unsent' | 'both'): void;
}
