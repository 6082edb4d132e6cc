import { agentLimitTable, type Limit, limitTable } from '@sercli/protocol';

interface LimitRow extends Limit {
  readonly name: string;
}

interface Limits {
  readonly ofAgents: readonly LimitRow[];
  readonly ofTheProtocol: readonly LimitRow[];
}

declare const data: Limits;

export { data };

/** The tables that the programs go by. */
export default {
  load(): Limits {
    return { ofAgents: rowsOf(agentLimitTable), ofTheProtocol: rowsOf(limitTable) };
  },
};

function rowsOf(table: Readonly<Record<string, Limit>>): LimitRow[] {
  return Object.entries(table).map(([name, limit]) => ({ name, ...limit }));
}
