/**
 * Who a client is to an agent, each rank with the rights of those before it:
 *
 * - anybody: showed no certificate
 * - stranger: showed a certificate that is not authorised
 * - monitor, control: authorised with that role; on an agent that is open, everybody from a private network controls
 * - owner: came by the control socket
 */
export const ranks = ['anybody', 'stranger', 'monitor', 'control', 'owner'] as const;

/** Who a client is to an agent, see `ranks`. */
export type Rank = (typeof ranks)[number];

/** Something that an agent can be asked for, and who may. */
export interface Operation {
  /** The least rank that may. */
  readonly rank: Rank;
  /** How it is asked for over HTTP; missing: by the native protocol. */
  readonly http?: string;
  readonly does: string;
}

/** Everything that an agent can be asked, and who may. What concerns a port also needs that port to be among those of the client. */
export const operationTable = {
  health: { rank: 'anybody', http: 'GET /healthz', does: 'say whether the agent serves' },
  admission: { rank: 'stranger', http: 'POST /v1/admission', does: 'ask to be let in' },
  'list-ports': { rank: 'monitor', http: 'GET /v1/ports', does: 'list the ports' },
  'watch-ports': { rank: 'monitor', http: 'GET /v1/ports/watch', does: 'follow the list of ports' },
  'list-sessions': { rank: 'monitor', http: 'GET /v1/sessions', does: 'list who uses the ports' },
  metrics: { rank: 'monitor', http: 'GET /metrics', does: 'read counts of connections, ports and sessions' },
  connect: {
    rank: 'monitor',
    http: 'GET /v1/native',
    does: 'begin the native protocol, as a stream or as a WebSocket',
  },
  'monitor-port': {
    rank: 'monitor',
    does: 'read what a port receives and has received, its settings and modem lines; opens it if nobody else has',
  },
  'control-port': {
    rank: 'control',
    does: 'write to a port, set its line, its outputs and break, discard what is unsent',
  },
  'take-port': { rank: 'control', does: 'take control of a port from another client' },
  'list-clients': { rank: 'owner', http: 'GET /v1/clients', does: 'list who is authorised and who waits' },
  'authorize-client': { rank: 'owner', http: 'PUT /v1/clients/FINGERPRINT', does: 'authorise a client' },
  'remove-client': {
    rank: 'owner',
    http: 'DELETE /v1/clients/FINGERPRINT',
    does: 'remove a client and end its sessions',
  },
  'turn-away': { rank: 'owner', http: 'DELETE /v1/waiting/FINGERPRINT', does: 'turn a waiting client away' },
  reload: { rank: 'owner', http: 'POST /v1/reload', does: 'read the configuration again' },
} as const satisfies Record<string, Operation>;

/** The name of an operation in `operationTable`. */
export type OperationName = keyof typeof operationTable;

/** Whether who has the rank may do it. */
export function mayDo(rank: Rank, operation: OperationName): boolean {
  return ranks.indexOf(rank) >= ranks.indexOf(operationTable[operation].rank);
}
