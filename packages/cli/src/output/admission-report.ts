import { plainText } from './plain-text.ts';

/** What the last line says while this client waits. */
export const waitingText = 'waiting to be let in (Ctrl-C gives up)';

/** What people are told while agents have not let this client in: once for each agent, whatever number of ports wait. */
export class AdmissionReport {
  /** Agents that were told of, by the ports that wait for them. */
  readonly #waiting = new Map<string, string>();
  readonly #told = new Set<string>();

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** @returns what is new in it, as lines: what to do */
  waiting(port: string, agentName: string, fingerprint: string): string[] {
    this.#waiting.set(port, agentName);
    if (this.#told.has(agentName)) return [];
    this.#told.add(agentName);
    return [
      `${plainText(agentName)} does not know this client yet. On ${plainText(agentName)} run:`,
      `  sercli authorize ${fingerprint}`,
    ];
  }

  /** The port waits no longer: it is let in, or tried again later. @returns what is new in it */
  authorized(port: string): string[] {
    const agentName = this.#waiting.get(port);
    this.#waiting.delete(port);
    if (agentName === undefined || !this.#told.delete(agentName)) return [];
    return [`${plainText(agentName)} has let this client in`];
  }

  /** The port waits no longer, and was not let in. */
  givenUp(port: string): void {
    this.#waiting.delete(port);
  }
}
