import { shownFingerprint } from '@sercli/link';
import {
  type AdmissionState,
  type AgentAddress,
  admissionBeatMs,
  admissionPath,
  errorFromTold,
  parseAdmissionState,
  SercliError,
  type SessionRole,
  toSercliError,
} from '@sercli/protocol';
import { answerLines, askAgent, type DirectoryOptions, parseAnswer } from './agent-answer.ts';
import { AgentLocator } from './agent-locator.ts';
import { Backoff } from './backoff.ts';
import { mayPass, waitToRetry } from './retry-wait.ts';

/** An agent that gave no sign of life for so long counts as gone, in milliseconds. */
const silentMs = 2.2 * admissionBeatMs;

/** What people on the agent's machine are shown of a client that asks to be let in. */
export interface AdmissionWish {
  /** What the client calls itself: `anna@laptop`. */
  readonly name: string;
  readonly role: SessionRole;
  /** The port that it wants, if it is one alone. */
  readonly port?: string | undefined;
}

/** Somebody on the agent's machine has to decide. */
export interface AdmissionEvent {
  readonly kind: 'waiting';
  readonly agentName: string;
  /** This client's, as people compare it: 16 characters in groups. */
  readonly fingerprint: string;
  /** How long the agent keeps the request. */
  readonly waitMs: number;
}

export interface AdmissionOptions extends DirectoryOptions {
  /** Until somebody has decided. Else the request is left with the agent, which keeps it for some minutes. */
  readonly waits: boolean;
  told?(event: AdmissionEvent): void;
}

/**
 * Asks an agent to let this client in; resolves when it has. A request that is cut off is made again.
 *
 * @throws SercliError `not-authorized` when it is refused, when nobody has decided in time, or, without `waits`, as soon as
 *   the request is left; and what reaching the agent throws
 */
export async function askAdmission(
  address: AgentAddress,
  wish: AdmissionWish,
  options: AdmissionOptions,
): Promise<void> {
  const { locator = new AgentLocator(), signal = new AbortController().signal, waits } = options;
  const backoff = new Backoff();
  for (;;) {
    try {
      return await askOnce(address, wish, options, () => backoff.reset());
    } catch (cause) {
      const error = toSercliError(cause);
      if (!waits || !mayPass(error) || signal.aborted) throw error;
      await waitToRetry(address, error, { ms: backoff.next(), locator, signal });
    }
  }
}

/**
 * Does what an agent may refuse because it does not know this client: then asks to be let in, and does it again.
 *
 * @param ask resolves when the client is let in; what it throws is what this fails with
 */
export async function onceAdmitted<Result>(attempt: () => Promise<Result>, ask: () => Promise<void>): Promise<Result> {
  const backoff = new Backoff();
  let isFirst = true;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SercliError) || error.code !== 'not-authorized') throw error;
    }
    // Let in and refused all the same: it may have been removed at once, but must not be asked as fast as it can answer.
    if (!isFirst) await new Promise((resolve) => setTimeout(resolve, backoff.next()));
    isFirst = false;
    await ask();
  }
}

async function askOnce(
  address: AgentAddress,
  wish: AdmissionWish,
  options: AdmissionOptions,
  reached: () => void,
): Promise<void> {
  const body = JSON.stringify({ ...wish, waits: options.waits });
  const response = await askAgent(address, admissionPath, { ...options, method: 'POST', body });
  response.socket.setTimeout(silentMs, () => response.destroy(new Error(`it said nothing for ${silentMs / 1000} s`)));
  for await (const line of answerLines(address, response)) {
    reached();
    const state = parseAnswer(address, line, parseAdmissionState);
    if (state.state === 'admitted') return;
    if (state.state === 'refused') throw errorFromTold(state.error);
    await tellWaiting(state, options);
  }
  throw new SercliError('connection-lost', { host: address.host, reason: 'the agent ended it' });
}

async function tellWaiting(
  { agent, waitMs }: Extract<AdmissionState, { state: 'waiting' }>,
  { access, waits, told }: AdmissionOptions,
): Promise<void> {
  const fingerprint = shownFingerprint(await access.fingerprint());
  told?.({ kind: 'waiting', agentName: agent.name, fingerprint, waitMs });
  if (waits) return;
  throw new SercliError('not-authorized', { host: agent.name, reason: 'it has asked to be let in', fingerprint });
}
