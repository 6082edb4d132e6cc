import type { AgentChange } from './discovered-agent.ts';

/**
 * Changes that wait for whoever reads them, one for each agent at most: what comes before an earlier one is read takes its
 * place, so that a slow reader keeps no more than there are agents.
 */
export class AgentChanges {
  readonly #waiting = new Map<string, AgentChange>();
  #wake: () => void = () => undefined;

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  add(change: AgentChange): void {
    const { id } = change.agent;
    const before = this.#waiting.get(id)?.kind;
    if (before === 'found' && change.kind === 'gone') {
      this.#waiting.delete(id);
      return;
    }
    this.#waiting.set(id, { ...change, kind: joined(before, change.kind) });
    this.#wake();
  }

  /** The next change, or undefined when the signal is aborted. */
  async next(signal: AbortSignal): Promise<AgentChange | undefined> {
    while (!signal.aborted) {
      const [first] = this.#waiting;
      if (first !== undefined) {
        this.#waiting.delete(first[0]);
        return first[1];
      }
      await this.#more(signal);
    }
    return undefined;
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** What two changes are together. */
function joined(before: AgentChange['kind'] | undefined, now: AgentChange['kind']): AgentChange['kind'] {
  if (before === 'found') return 'found';
  return before === 'gone' && now === 'found' ? 'changed' : now;
}
