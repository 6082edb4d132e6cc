import { type Authorization, SercliError } from '@sercli/protocol';

export interface AuthorizeFlags {
  readonly role?: string;
  readonly ports?: string;
  readonly name?: string;
  readonly remove?: true;
  readonly deny?: true;
  readonly agent?: string;
  readonly json?: true;
}

/** What `sercli authorize` is to do; `client` is a fingerprint as it was written. */
export type AuthorizeWish =
  | { readonly kind: 'list' }
  | { readonly kind: 'authorise'; readonly client: string; readonly rights: Partial<Authorization> }
  | { readonly kind: 'remove' | 'deny'; readonly client: string };

/** @throws SercliError `usage` when the flags contradict each other or cannot be meant */
export function parseWish(client: string | undefined, flags: AuthorizeFlags): AuthorizeWish {
  const given = (['remove', 'deny', 'role', 'ports', 'name'] as const).filter((flag) => flags[flag] !== undefined);
  const [first, second] = given;
  if (client === undefined) {
    if (first === undefined) return { kind: 'list' };
    throw usage(`--${first} is for one client`, 'give its fingerprint');
  }
  if (first !== 'remove' && first !== 'deny') return { kind: 'authorise', client, rights: parseRights(flags) };
  if (second === undefined) return { kind: first, client };
  throw usage(`--${first} and --${second} contradict each other`, 'give one of them');
}

function parseRights({ role, ports, name }: AuthorizeFlags): Partial<Authorization> {
  return {
    ...(role === undefined ? {} : { role: parseRole(role) }),
    ...(ports === undefined ? {} : { ports: parsePorts(ports) }),
    ...(name === undefined ? {} : { name }),
  };
}

function parseRole(text: string): Authorization['role'] {
  if (text === 'control' || text === 'monitor') return text;
  throw usage(`--role "${text}" is no role`, 'give control or monitor');
}

/** What a pattern may be, the agent knows. */
function parsePorts(text: string): string[] {
  const patterns = text.split(',').map((pattern) => pattern.trim());
  if (!patterns.includes('')) return patterns;
  throw usage(`--ports "${text}" names no ports`, "give names or patterns with commas between, as 'ttyS*,plc'");
}

function usage(what: string, remedy: string): SercliError {
  return new SercliError('usage', { what, remedy });
}
