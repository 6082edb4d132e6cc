import * as v from 'valibot';
import { accessProtocols } from './access-protocol.ts';
import { listedAgent } from './listed-agent.ts';

/** The path of the session list on an agent. */
export const sessionListPath = '/v1/sessions';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.string(), v.isoTimestamp());

const accepterSession = v.object({
  /** `127.0.0.1:3333` */
  address: v.string(),
  /** `auto` until it is known. */
  protocol: v.picklist(accessProtocols),
  /** Bytes that the client sent and that went nowhere, since others control the port. */
  refusedBytes: count,
});

const listedSession = v.object({
  port: v.string(),
  /** `fingerprint` is the full one of its key; missing: it showed none, or came by the control socket. */
  client: v.object({ name: v.string(), address: v.string(), fingerprint: v.exactOptional(v.string()) }),
  /** Program and version of the client. */
  software: v.string(),
  role: v.picklist(['control', 'monitor']),
  /** Where a client of an accepter has connected to, and what it speaks; missing: it is one of the native protocol. */
  accepter: v.exactOptional(accepterSession),
  since: time,
  /** Missing: a connection carries the session. Else the agent keeps it since then for a client that comes back. */
  cutSince: v.exactOptional(time),
  /** How often the client has come back. */
  reconnects: count,
  /** Bytes of the device that the session has read, and bytes that it has written. */
  readBytes: count,
  writtenBytes: count,
  /** Bytes of the port's log that the session has not read yet. */
  lagBytes: count,
  /** Bytes that it was told it has missed, and how often; how many are missing is not always known. */
  gapBytes: count,
  gaps: count,
  /** Bytes that may be under way to the client. */
  windowBytes: count,
});

const sessionList = v.object({
  /** The version of this answer. Fields may be added within a version. */
  version: v.literal(1),
  agent: listedAgent,
  /** The oldest first. */
  sessions: v.array(listedSession),
});

/** What `GET /v1/sessions` answers and `sercli who --json` prints. */
export type SessionList = v.InferOutput<typeof sessionList>;
/** Somebody who uses a port, as it is listed. */
export type ListedSession = SessionList['sessions'][number];

/** @throws Error that says what is wrong with it */
export function parseSessionList(json: string): SessionList {
  return v.parse(sessionList, JSON.parse(json));
}
