import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { SercliError, tellError } from '@sercli/protocol';
import type { HttpRefusal } from './http-answers.ts';

export interface RequestRules {
  /** Fields in the head of a request. */
  readonly headerFields: number;
  /** Whether the machine goes by this name, which is in lower case and without a final dot. */
  hasName(name: string): boolean;
}

/**
 * Why a request, or an upgrade, is refused whatever it asks for; undefined if it is not.
 *
 * A web page can make the browser of somebody who may use the agent ask in its stead. A page of another site shows in
 * Origin; a page whose own name was made to resolve to this machine (DNS rebinding) shows in Host. Programs send no
 * Origin, and a Host by which the user knows the agent.
 */
export function refusalOf(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>, rules: RequestRules) {
  // Node leaves out fields above its own limit without a word, and the one that matters could be among them.
  if (request.rawHeaders.length > 2 * rules.headerFields) return tooManyFields(rules.headerFields);
  return refusedHost(request.headers, rules) ?? refusedOrigin(request.headers);
}

function tooManyFields(headerFields: number): HttpRefusal {
  return {
    status: 431,
    error: { code: 'header-fields', message: `a request has at most ${headerFields} header fields` },
  };
}

function refusedHost({ host = '' }: IncomingHttpHeaders, { hasName }: RequestRules): HttpRefusal | undefined {
  const name = hostName(host);
  if (isAddress(name) || name === 'localhost' || hasName(name)) return undefined;
  return { status: 421, error: tellError(new SercliError('host-name-refused', { name: name || '""' })) };
}

/** RFC 6454 section 6.2; the agent itself is always behind https. */
function refusedOrigin({ host = '', origin }: IncomingHttpHeaders): HttpRefusal | undefined {
  if (origin === undefined) return undefined;
  const own = `https://${host}`;
  if (URL.canParse(own) && URL.canParse(origin) && new URL(own).origin === new URL(origin).origin) return undefined;
  return { status: 403, error: tellError(new SercliError('origin-refused', { origin, host })) };
}

/** Host without its TCP port, in lower case and without the final dot of a fully qualified name: `[::1]:7372`, `::1`. */
function hostName(host: string): string {
  const [, literal, name = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return literal ?? domainToASCII(name).replace(/\.$/, '');
}

function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}
