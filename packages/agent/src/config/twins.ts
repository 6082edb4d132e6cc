import type { ConfigNode } from './config-node.ts';
import type { Placed } from './shape.ts';

/**
 * Reports each item that is what an earlier one is already.
 *
 * @param identityOf - equal for twins; undefined for what may come any number of times
 * @param relation - `has the same link as`
 */
export function reportTwins<Value>(
  items: readonly Placed<Value>[],
  identityOf: (value: Value) => string | undefined,
  relation: string,
): void {
  const firsts = new Map<string, ConfigNode>();
  for (const { node, value } of items) {
    const identity = identityOf(value);
    if (identity === undefined) continue;
    const first = firsts.get(identity);
    if (first === undefined) firsts.set(identity, node);
    else node.report(`${relation} ${first.path} on line ${first.line}; remove one of them`);
  }
}
