import {
  type ErrorCode,
  mayDo,
  type Operation,
  type OperationName,
  operationTable,
  type Rank,
  ranks,
} from '@sercli/protocol';

/** How a client reaches an agent. Who comes by the control socket is the owner; nobody else is. */
const transports = ['TLS stream', 'WebSocket', 'HTTP', 'control socket'] as const;

export type Transport = (typeof transports)[number];

export interface AccessRow {
  readonly operation: OperationName;
  readonly does: string;
  /** The request, for what is asked for over HTTP. */
  readonly http: string | undefined;
  readonly transports: readonly Transport[];
  /** In the order of `AccessTable.ranks`: `allowed`, or the code of the error that refuses it. */
  readonly answers: readonly ('allowed' | ErrorCode)[];
}

export interface AccessTable {
  readonly ranks: readonly Rank[];
  readonly transports: readonly { readonly name: Transport; readonly ranks: readonly Rank[] }[];
  readonly rows: readonly AccessRow[];
}

declare const data: AccessTable;

export { data };

/** Rank x operation, from the table that agents go by; what each transport gives whom, from the same. */
export default {
  load(): AccessTable {
    const rows = Object.entries<Operation>(operationTable).map(([name, { does, http }]) => {
      const operation = name as OperationName;
      const answers = ranks.map((rank) => answerTo(rank, operation));
      return { operation, does, http, transports: transportsOf(operation), answers };
    });
    const isReached = (rank: Rank, transport: Transport): boolean =>
      (rank === 'owner') === (transport === 'control socket') &&
      rows.some((row) => row.transports.includes(transport) && mayDo(rank, row.operation));
    return {
      ranks,
      transports: transports.map((name) => ({ name, ranks: ranks.filter((rank) => isReached(rank, name)) })),
      rows,
    };
  },
};

/** The control socket carries all that the others do: HTTP, and the native protocol in both of its forms. */
function transportsOf(operation: OperationName): Transport[] {
  const { http }: Operation = operationTable[operation];
  // The request is an upgrade, and what it makes is a stream or a WebSocket.
  const isNative = http === undefined || operation === 'connect';
  return transports.filter(
    (transport) => transport === 'control socket' || (transport === 'HTTP' ? !isNative : isNative),
  );
}

function answerTo(rank: Rank, operation: OperationName): 'allowed' | ErrorCode {
  if (mayDo(rank, operation)) return 'allowed';
  if (operationTable[operation].rank === 'owner') return 'owner-only';
  if (rank === 'anybody') return 'certificate-missing';
  return rank === 'monitor' ? 'role-refused' : 'not-authorized';
}
