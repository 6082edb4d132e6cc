import { type AgentAddress, type SercliError, toSercliError } from '@sercli/protocol';
import type { AgentLocator } from './agent-locator.ts';
import { Backoff } from './backoff.ts';
import { pause } from './pause.ts';

/** The shortest wait, in milliseconds, also for an agent that is advertised and cannot be reached. */
const shortestMs = 250;

/** What an agent that is advertised again can mend. */
const wayIsMissing: readonly SercliError['code'][] = ['host-not-found', 'agent-unreachable', 'connection-lost'];

/** Errors after which trying again can succeed by itself. */
export function mayPass({ exit }: SercliError): boolean {
  return exit === 3 || exit === 5 || exit === 6;
}

/** Errors after which it can succeed when somebody lets this client in. */
export function mayBeLetIn({ code }: SercliError): boolean {
  return code === 'not-authorized';
}

/** Waits `ms`, or until an agent that was not there is advertised, or until the signal is aborted. */
export async function waitToRetry(
  address: AgentAddress,
  error: SercliError,
  { ms, locator, signal }: { ms: number; locator: AgentLocator; signal: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const waits = [pause(ms, either)];
  if (wayIsMissing.includes(error.code)) {
    waits.push(Promise.all([pause(shortestMs, either), locator.advertised(address, either)]).then(() => undefined));
  }
  await Promise.race(waits);
  over.abort();
}

export interface Patience {
  /** Whether to try again at all. */
  readonly isPatient: boolean;
  readonly locator: AgentLocator;
  readonly signal?: AbortSignal | undefined;
  /** It failed, and is tried again after `retryMs`. */
  retries(error: SercliError, retryMs: number): void;
}

/**
 * Does what can fail because an agent, a port or a device is not there yet or is busy, or because this client is not let
 * in yet: again and again where that is wanted.
 *
 * @throws what `attempt` throws
 */
export async function patiently<Result>(
  address: AgentAddress,
  { isPatient, locator, signal = new AbortController().signal, retries }: Patience,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const backoff = new Backoff();
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      const error = toSercliError(cause);
      if (!isPatient || signal.aborted || !(mayPass(error) || mayBeLetIn(error))) throw cause;
      const retryMs = backoff.next();
      retries(error, retryMs);
      await waitToRetry(address, error, { ms: retryMs, locator, signal });
    }
  }
}
