import type { Identity } from '../identity.ts';
import type { DialKeys } from '../native/agent-tls.ts';

/** The keys of a client that speaks to whoever answers. */
export function trustingKeys(identity: Identity): DialKeys {
  return { identity: async () => identity, verify: async () => undefined };
}

/** For places that need no keys. */
export const noKeys: DialKeys = {
  identity: () => Promise.reject(new Error('the identity was asked for')),
  verify: () => Promise.reject(new Error('a key was to be verified')),
};
