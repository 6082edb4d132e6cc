import type { Controller } from '@sercli/protocol';
import { plainText } from './plain-text.ts';

/** Who controls a port, and how many share it: `anna@laptop (10.0.0.2:1234) and 2 others`. */
export function controllerText({ name, address, others = [] }: Controller): string {
  const more = others.length === 0 ? '' : ` and ${others.length} ${others.length === 1 ? 'other' : 'others'}`;
  return `${plainText(name)} (${plainText(address)})${more}`;
}
