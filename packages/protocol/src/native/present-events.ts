import { isAboutPresent, type PortEvent } from './messages/event.ts';

/**
 * What a client that is cut off has to be told of the present state of the port. Of events that follow each other only
 * the last of its kind counts, so that they do not pile up while the client is away.
 */
export class PresentEvents {
  readonly #events = new Map<PortEvent['kind'], PortEvent>();

  /** Keeps it if it is about the present, instead of the last of its kind; false if it is not. */
  keep(event: PortEvent): boolean {
    if (!isAboutPresent(event)) return false;
    // Anew, so that it stands behind those of other kinds that came before it.
    this.#events.delete(event.kind);
    this.#events.set(event.kind, event);
    return true;
  }

  /** Those that are kept, which are no longer. Due before anything else is told, which may have changed it again. */
  take(): readonly PortEvent[] {
    const events = [...this.#events.values()];
    this.#events.clear();
    return events;
  }
}
