/** What a peer may make this side keep or wait for. Each field says what it bounds and why. */
export interface Limits {
  /** Data bytes in one DATA frame; a larger one would keep other channels and pings waiting behind it. */
  readonly dataBytes: number;
  /** Bytes in the body of any other message; all of them are short texts. */
  readonly messageBytes: number;
  /** Bytes that wait for a peer that does not read; data never comes near it, answers to a flood of pings do. */
  readonly unsentBytes: number;
  /** Sessions on one connection, those that are closing included; each costs memory and may open a device. */
  readonly sessionsPerConnection: number;
  /** Requests of one session that wait for their answer; each is kept until it is done. */
  readonly pendingRequests: number;
  /** Steps of one line sequence, and the milliseconds one step may wait; a sequence holds the port. */
  readonly sequenceSteps: number;
  readonly stepWaitMs: number;
  /** Milliseconds from the opening of a connection to the peer's HELLO; a silent one holds a socket. */
  readonly greetingMs: number;
  /** Milliseconds between pings, and without any sign of life until the peer counts as dead. */
  readonly pingMs: number;
  readonly deadMs: number;
  /** Milliseconds an acknowledgement waits for data to travel with it. */
  readonly ackDelayMs: number;
  /** Window from device to application: what the client keeps for an application that reads late. The agent's log keeps the rest. */
  readonly receiveWindowBytes: number;
  /**
   * Window from application to device: `sendWindowMs` at the rate at which the driver takes bytes, within these bounds.
   * All of it is still to be sent when the user presses Ctrl-C, so it is kept short.
   */
  readonly sendWindowMs: number;
  readonly sendWindowMinBytes: number;
  readonly sendWindowMaxBytes: number;
  /**
   * Bytes, and numbered messages, of one session that are kept until the peer has acknowledged them. A peer may grant any
   * window and acknowledge nothing.
   */
  readonly keptBytes: number;
  readonly keptMessages: number;
}

export const defaultLimits: Limits = {
  dataBytes: 16_384,
  messageBytes: 16_384,
  unsentBytes: 1_048_576,
  sessionsPerConnection: 1024,
  pendingRequests: 256,
  sequenceSteps: 256,
  stepWaitMs: 60_000,
  greetingMs: 5_000,
  pingMs: 5_000,
  deadMs: 11_000,
  ackDelayMs: 25,
  receiveWindowBytes: 262_144,
  sendWindowMs: 200,
  sendWindowMinBytes: 4_096,
  sendWindowMaxBytes: 262_144,
  keptBytes: 1_048_576,
  keptMessages: 1_024,
};

/**
 * What an agent lets those do that it does not know yet, before and beside the native protocol:
 * `limit -> {value, bounds}`. Each bounds what one attack can cost.
 */
export const listenLimitTable = {
  connections: { value: 512, bounds: 'connections at once: each holds a descriptor and 72 kB' },
  connectionsPerAddress: {
    value: 256,
    bounds: 'connections at once from one IPv4 address or one IPv6 /64 network: nobody alone takes all there are',
  },
  handshakeMs: {
    value: 5_000,
    bounds:
      'milliseconds for the TLS handshake, and again for the first request: silent and slow clients hold a connection',
  },
  headerBytes: { value: 8_192, bounds: 'bytes of the head of a request: it is kept until it is whole' },
  headerFields: { value: 64, bounds: 'fields in the head of a request: each costs more memory than its bytes' },
  keepAliveMs: { value: 5_000, bounds: 'milliseconds between two requests: idle clients hold a connection' },
  unreadAnswerMs: {
    value: 30_000,
    bounds: 'milliseconds without progress of an answer: a client that does not read it holds it in memory',
  },
  webSocketMessageBytes: { value: 65_536, bounds: 'bytes of one WebSocket message, a frame with its header' },
} as const;

export type ListenLimits = Readonly<Record<keyof typeof listenLimitTable, number>>;

export const defaultListenLimits: ListenLimits = valuesOf(listenLimitTable);

function valuesOf<Name extends string>(
  table: Readonly<Record<Name, { readonly value: number }>>,
): Record<Name, number> {
  const entries = Object.entries<{ readonly value: number }>(table).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries);
}
