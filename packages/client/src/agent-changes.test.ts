import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentChanges } from './agent-changes.ts';
import type { AgentChange, DiscoveredAgent } from './discovered-agent.ts';

const agent = (id: string, software: string): DiscoveredAgent => ({ name: id, id, place: id, software, ports: [] });

/** An agent that is there, or is not, and what a reader thinks of it; `read` is the reader's turn. */
const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('toggle', 'change', 'read')), {
  maxLength: 40,
});

describe('changes that wait for a reader', () => {
  it('tell any reader, however late, which agents there are', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const changes = new AgentChanges();
        const never = new AbortController().signal;
        const there = new Map<string, string>();
        const believed = new Map<string, string>();
        let added = 0;
        const read = async (): Promise<void> => {
          const change = changes.waiting === 0 ? undefined : await changes.next(never);
          if (change === undefined) return;
          const { kind, agent: told } = change;
          // Nobody is found twice, and nobody changes or goes who was not found.
          expect(believed.has(told.id)).toBe(kind !== 'found');
          if (kind === 'gone') believed.delete(told.id);
          else believed.set(told.id, told.software);
        };
        const add = (kind: AgentChange['kind'], id: string): void => {
          added += 1;
          if (kind === 'gone') there.delete(id);
          else there.set(id, String(added));
          changes.add({ kind, agent: agent(id, String(added)) });
        };
        for (const [id, step] of taken) {
          if (step === 'toggle') add(there.has(id) ? 'gone' : 'found', id);
          else if (step === 'change' && there.has(id)) add('changed', id);
          else if (step === 'read') await read();
          expect(changes.waiting).toBeLessThanOrEqual(3);
        }
        for (let count = 0; count < 3; count += 1) await read();
        expect(believed).toEqual(there);
      }),
      { numRuns: 200 },
    );
  });

  it('end when the signal is aborted, also while nothing happens', async () => {
    const over = new AbortController();
    const next = new AgentChanges().next(over.signal);
    over.abort();
    expect(await next).toBeUndefined();
  });
});
