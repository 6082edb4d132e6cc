import type { AgentAddress, SercliError } from '@sercli/protocol';
import type { AgentLocator } from './agent-locator.ts';
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
