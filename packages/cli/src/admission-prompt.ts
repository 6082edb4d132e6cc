import type { ClientRegister } from '@sercli/agent';
import { shownFingerprint } from '@sercli/client/tools';
import { type Authorization, reasonOf, type WaitingClient } from '@sercli/protocol';
import { describeRequest } from './output/client-request.ts';
import { grantOf, whoIs } from './output/client-table.ts';
import type { StatusLine } from './output/status-line.ts';

/** What the prompt needs of an agent. */
export type Admitting = Pick<ClientRegister, 'watchWaiting' | 'authorize' | 'turnAway'>;

/** The terminal that the prompt is on. */
export interface PromptTerminal {
  readonly input: NodeJS.ReadStream;
  /** Shows the `question`; everything else that is written to the terminal goes above it. */
  readonly line: StatusLine;
  readonly isInForeground: () => boolean;
  /** What the terminal does by itself when a key such as Ctrl-C is hit, unless single keys are read. */
  readonly signal: (signal: NodeJS.Signals) => void;
}

/**
 * A key is an answer only after nothing was typed for so long, in milliseconds: what was meant for the question before, or
 * for no question, must not let anybody in.
 */
export const quietMs = 500;

const answers: ReadonlyMap<string, 'control' | 'monitor' | 'no' | 'later'> = new Map([
  ['c', 'control'],
  ['m', 'monitor'],
  ['n', 'no'],
  ['l', 'later'],
]);

/** Keys that stand for signals (termios(3): VINTR, VQUIT, VSUSP). */
const signalKeys: ReadonlyMap<string, NodeJS.Signals> = new Map([
  ['\x03', 'SIGINT'],
  ['\x1c', 'SIGQUIT'],
  ['\x1a', 'SIGTSTP'],
]);

/**
 * - silent: nobody is asked about
 * - shown: somebody was shown, and keys are no answers yet
 * - asking: a key is the answer
 * - deciding: the answer is carried out
 */
type PromptState =
  | { readonly kind: 'silent' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'shown'; readonly client: WaitingClient; readonly quiet: NodeJS.Timeout }
  | { readonly kind: 'asking' | 'deciding'; readonly client: WaitingClient };

/** Asks at the terminal of an agent about each client that waits, one after the other. */
export class AdmissionPrompt {
  readonly #agent: Admitting;
  readonly #terminal: PromptTerminal;
  readonly #stopWatching: () => void;
  #waiting: readonly WaitingClient[] = [];
  /** Questions that were put off. */
  readonly #later = new Set<string>();
  #state: PromptState = { kind: 'silent' };

  constructor(agent: Admitting, terminal: PromptTerminal) {
    this.#agent = agent;
    this.#terminal = terminal;
    const { input } = terminal;
    // First, so that a listener does not make it read: not before there is a question.
    input.pause();
    input.on('data', this.#typed);
    input.on('error', this.#end);
    input.on('end', this.#end);
    process.on('SIGCONT', this.#continued);
    this.#stopWatching = agent.watchWaiting((waiting) => {
      this.#waiting = waiting;
      this.#renew();
    });
  }

  /** What is asked now; empty if nothing is. */
  get question(): string {
    const state = this.#state;
    if (state.kind !== 'shown' && state.kind !== 'asking') return '';
    const choices = state.kind === 'asking' ? ' [c]ontrol, [m]onitor, [n]o, [l]ater' : '';
    return `let in ${shownFingerprint(state.client.fingerprint)}?${choices} `;
  }

  /** Asks no more. Who waits goes on waiting. */
  close(): void {
    this.#end();
    this.#terminal.input.off('data', this.#typed);
  }

  /** Keeps the question if it still stands, else goes on to the next one. */
  #renew(): void {
    const state = this.#state;
    if (state.kind === 'closed' || state.kind === 'deciding') return;
    const open = new Map(this.#waiting.map((client) => [questionOf(client), client]));
    for (const question of this.#later) if (!open.has(question)) this.#later.delete(question);
    if (state.kind !== 'silent' && open.has(questionOf(state.client))) return;
    this.#leave();
    const next = [...open].find(([question]) => !this.#later.has(question));
    if (next === undefined || !this.#terminal.isInForeground()) return this.#releaseKeys();
    this.#show(next[1]);
  }

  #show(client: WaitingClient): void {
    for (const line of describeRequest(client)) this.#terminal.line.writeAbove(line);
    const quiet = setTimeout(() => {
      this.#state = { kind: 'asking', client };
      this.#terminal.line.renew();
    }, quietMs);
    this.#state = { kind: 'shown', client, quiet };
    this.#takeKeys();
    this.#terminal.line.renew();
  }

  /** There is no question now. */
  #leave(): void {
    if (this.#state.kind === 'shown') clearTimeout(this.#state.quiet);
    this.#state = { kind: 'silent' };
    this.#terminal.line.renew();
  }

  readonly #typed = (chunk: Buffer): void => {
    const keys = chunk.toString('latin1');
    const signal = signalKeys.get(keys);
    if (signal === 'SIGTSTP') this.#releaseKeys();
    if (signal !== undefined) return this.#terminal.signal(signal);
    const state = this.#state;
    if (state.kind === 'shown') state.quiet.refresh();
    // Of several keys at once, none is an answer: they were pasted.
    const answer = state.kind === 'asking' ? answers.get(keys.toLowerCase()) : undefined;
    if (state.kind === 'asking' && answer !== undefined) void this.#answer(state.client, answer);
  };

  async #answer(client: WaitingClient, answer: 'control' | 'monitor' | 'no' | 'later'): Promise<void> {
    this.#state = { kind: 'deciding', client };
    this.#terminal.line.renew();
    try {
      const told = await this.#carryOut(client, answer);
      if (told !== undefined) this.#terminal.line.writeAbove(told);
    } catch (error) {
      this.#later.add(questionOf(client));
      this.#terminal.line.writeAbove(reasonOf(error));
    }
    if (this.#isClosed) return;
    this.#state = { kind: 'silent' };
    this.#renew();
  }

  get #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  async #carryOut(client: WaitingClient, answer: 'control' | 'monitor' | 'no' | 'later'): Promise<string | undefined> {
    const { fingerprint, name } = client;
    switch (answer) {
      case 'later':
        this.#later.add(questionOf(client));
        return `${whoIs(name, fingerprint)} goes on waiting; "sercli authorize" lets it in`;
      case 'no':
        this.#agent.turnAway(fingerprint);
        return `${whoIs(name, fingerprint)} was turned away`;
      case 'control':
      case 'monitor': {
        const authorization: Authorization = { role: answer, ports: ['*'] };
        const list = await this.#agent.authorize(fingerprint, authorization);
        const now = list.clients.find((one) => one.fingerprint === fingerprint);
        return grantOf(now?.name ?? name, fingerprint, now ?? authorization);
      }
      default:
        return answer satisfies never;
    }
  }

  /** The process was stopped and goes on, in the foreground or not; the terminal's mode may be another one. */
  readonly #continued = (): void => {
    if (this.#state.kind === 'silent') return this.#renew();
    if (this.#state.kind === 'closed' || this.#state.kind === 'deciding') return;
    if (!this.#terminal.isInForeground()) {
      this.#leave();
      return this.#releaseKeys();
    }
    this.#terminal.input.setRawMode(false);
    this.#takeKeys();
    this.#terminal.line.clear();
    this.#terminal.line.renew();
  };

  /** Single keys, without waiting for the end of a line and without their echo in between what is shown. */
  #takeKeys(): void {
    this.#terminal.input.setRawMode(true);
    this.#terminal.input.resume();
  }

  #releaseKeys(): void {
    const { input, line, isInForeground } = this.#terminal;
    input.pause();
    if (input.isRaw && isInForeground()) input.setRawMode(false);
    line.clear();
  }

  /** Also when the terminal is gone. */
  readonly #end = (): void => {
    if (this.#state.kind === 'closed') return;
    this.#stopWatching();
    process.off('SIGCONT', this.#continued);
    this.#leave();
    this.#releaseKeys();
    this.#state = { kind: 'closed' };
  };
}

/** What somebody was shown and answers to. Who asks for something else asks anew. */
function questionOf({ fingerprint, name, role, port, since }: WaitingClient): string {
  return JSON.stringify([fingerprint, name, role, port, since]);
}
