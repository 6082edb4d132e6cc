import { domainToASCII } from 'node:url';

/** The names that requests to this agent may carry in Host, besides IP addresses and `localhost`. */
export interface OwnNames {
  /** What the agent is called. */
  readonly agent: string;
  /** The machine's host name, with its domain if it has one. */
  readonly machine: string;
  /** Those of the configuration: `hostNames`. */
  readonly configured: readonly string[];
}

/** @param name in lower case and ASCII (RFC 5890), as it comes in Host */
export function isOwnName(name: string, { agent, machine, configured }: OwnNames): boolean {
  const short = machine.split('.')[0] ?? machine;
  const names = [agent, machine, short].flatMap((own) => [own, `${own}.local`]);
  return [...names, ...configured].some((own) => own !== '' && domainToASCII(own) === name);
}
