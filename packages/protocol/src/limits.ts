/** A limit: its value, and what it bounds and why, as the documentation prints it. */
export interface Limit {
  readonly value: number;
  readonly bounds: string;
}

/** What a peer may make the other side keep or wait for, in the native protocol: `limit -> {value, bounds}`. */
export const limitTable = {
  dataBytes: {
    value: 16_384,
    bounds: 'bytes of data in one DATA frame: a larger one would keep other channels and pings waiting behind it',
  },
  messageBytes: { value: 16_384, bounds: 'bytes in the body of any other message: all of them are short texts' },
  unsentBytes: {
    value: 1_048_576,
    bounds: 'bytes that wait for a peer that does not read: data never comes near it, answers to a flood of pings do',
  },
  sessionsPerConnection: {
    value: 1024,
    bounds: 'sessions on one connection, those that are closing included: each costs memory and may open a device',
  },
  pendingRequests: {
    value: 256,
    bounds: 'requests of one session that wait for their answer: each is kept until it is done',
  },
  sequenceSteps: { value: 256, bounds: 'steps of one line sequence: it holds the port until the last one is done' },
  stepWaitMs: {
    value: 60_000,
    bounds: 'milliseconds that one step of a line sequence waits: meanwhile it holds the port',
  },
  greetingMs: {
    value: 5_000,
    bounds: 'milliseconds from the opening of a connection to the HELLO of the peer: a silent one holds a socket',
  },
  pingMs: { value: 5_000, bounds: 'milliseconds between two pings' },
  deadMs: { value: 11_000, bounds: 'milliseconds without any sign of life, after which the peer counts as dead' },
  ackDelayMs: { value: 25, bounds: 'milliseconds that an acknowledgement waits for data to travel with it' },
  receiveWindowBytes: {
    value: 65_536,
    bounds:
      'bytes on the way from device to application: all of one session waits before what another says on the same connection; the log of the agent keeps what a slow application has not read',
  },
  sendWindowMinBytes: {
    value: 1_024,
    bounds:
      'bytes that may be on the way to the device, however slow it is: all of it is still to be sent when the user presses Ctrl-C',
  },
  sendWindowMaxBytes: { value: 262_144, bounds: 'bytes that may be on the way to the device, however fast it is' },
  keptBytes: {
    value: 1_048_576,
    bounds:
      'bytes of one session that are kept until the peer has acknowledged them: it may grant any window and acknowledge nothing',
  },
  keptMessages: {
    value: 1_024,
    bounds: 'numbered messages of one session that are kept until the peer has acknowledged them',
  },
} as const satisfies Record<string, Limit>;

/** Their values; a test may have others. */
export type Limits = Readonly<Record<keyof typeof limitTable, number>>;

/** The limits of a connection unless others are given. */
export const defaultLimits: Limits = valuesOf(limitTable);

/**
 * What an agent lets its clients do, and those first that it does not know yet, before and beside the native protocol:
 * `limit -> {value, bounds}`. Each bounds what one attack can cost.
 */
export const agentLimitTable = {
  connections: { value: 512, bounds: 'connections at once: each holds a descriptor and 72 kB' },
  connectionsPerAddress: {
    value: 256,
    bounds: 'connections at once from one IPv4 address or one IPv6 /64 network: nobody alone takes all there are',
  },
  handshakeMs: {
    value: 5_000,
    bounds:
      'milliseconds for the TLS handshake, and again for the first request: silent and slow clients hold a connection. Who is not let in has one answer, and is cut off',
  },
  handshakesAtOncePerAddress: {
    value: 256,
    bounds:
      'TLS handshakes from one address, counted as above, that need not wait: as many as it may have connections, since a machine may come back with all of them',
  },
  handshakesPerSecondPerAddress: {
    value: 8,
    bounds:
      'of those beyond, TLS handshakes in a second from one address: each keeps the ports waiting half a millisecond',
  },
  handshakesAtOnce: { value: 512, bounds: 'TLS handshakes from all addresses that need not wait' },
  handshakesPerSecond: {
    value: 32,
    bounds:
      'of those beyond, TLS handshakes in a second from all addresses: strangers can have any number of addresses',
  },
  handshakeWaitMs: {
    value: 3_000,
    bounds:
      'milliseconds that a connection waits for its TLS handshake to begin: clients that come back try for 4 s, and nobody should wait behind those who have given up',
  },
  headerBytes: { value: 8_192, bounds: 'bytes of the head of a request: it is kept until it is whole' },
  headerFields: { value: 64, bounds: 'fields in the head of a request: each costs more memory than its bytes' },
  requestBodyBytes: { value: 16_384, bounds: 'bytes of the body of a request: it is kept until it is whole' },
  keepAliveMs: { value: 5_000, bounds: 'milliseconds between two requests: idle clients hold a connection' },
  unreadAnswerMs: {
    value: 30_000,
    bounds: 'milliseconds without progress of an answer: a client that does not read it holds it in memory',
  },
  watchBacklogBytes: {
    value: 65_536,
    bounds: 'bytes of port lists that wait for a client that follows them: the next list waits until they have left',
  },
  webSocketMessageBytes: { value: 65_536, bounds: 'bytes of one WebSocket message, a frame with its header' },
  waitingClients: {
    value: 32,
    bounds: 'unknown clients that wait to be let in: people read the list, and strangers fill it',
  },
  waitingClientsPerAddress: {
    value: 4,
    bounds: 'unknown clients from one address, counted as connections are, that wait: nobody alone fills the list',
  },
  admissionsPerMinute: {
    value: 30,
    bounds:
      'requests to be let in from one address, counted as connections are, at once or in a minute: people are shown each of them',
  },
  countedAddresses: {
    value: 1_024,
    bounds: 'addresses whose requests to be let in are counted: strangers can have any number of them',
  },
  waitingMs: { value: 600_000, bounds: 'milliseconds until an unknown client that waits is forgotten' },
  waitingConnectionsPerClient: {
    value: 4,
    bounds: 'connections on which one unknown client waits: several programs of one user may',
  },
  sessionsPerPort: {
    value: 64,
    bounds: 'sessions of one port, those that are cut off included: each keeps a window of bytes',
  },
  toldAddresses: {
    value: 256,
    bounds:
      'addresses in a minute of which the log tells that they were cut off: strangers knock as often as they like',
  },
  metricSessions: {
    value: 256,
    bounds: 'sessions with series of their own in the metrics: clients choose their names, and each name is a series',
  },
  accepterConnections: {
    value: 256,
    bounds:
      'connections at once to all accepters of the agent together, which ask nobody who he is; those to the native protocol have a limit of their own',
  },
  accepterConnectionsPerAddress: {
    value: 64,
    bounds: 'connections at once to accepters from one address, counted as above: nobody alone takes all there are',
  },
  refusedConnectionMs: {
    value: 5_000,
    bounds: 'milliseconds that a client which an accepter refuses has to read why: meanwhile it holds a connection',
  },
  cutSessions: {
    value: 256,
    bounds: 'sessions in all that are kept for clients which were cut off and may never come back',
  },
} as const satisfies Record<string, Limit>;

/** What clients of an agent can make it keep or wait for before they speak the native protocol. */
export type AgentLimits = Readonly<Record<keyof typeof agentLimitTable, number>>;

/** The limits of an agent unless others are given. */
export const defaultAgentLimits: AgentLimits = valuesOf(agentLimitTable);

function valuesOf<Name extends string>(table: Readonly<Record<Name, Limit>>): Record<Name, number> {
  const entries = Object.entries<Limit>(table).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries);
}
