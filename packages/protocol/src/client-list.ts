import * as v from 'valibot';
import { listedAgent } from './listed-agent.ts';
import { shortText } from './native/messages/fields.ts';

/**
 * Where an agent is asked, on its control socket alone, who may use it. `PUT` and `DELETE` behind it, with a full
 * fingerprint as the last part of the path, admit a client and remove one.
 */
export const clientListPath = '/v1/clients';

/** Where, on the control socket alone, `DELETE` with a full fingerprint as the last part of the path turns a waiting client away. */
export const waitingListPath = '/v1/waiting';

/** What a client may do: `monitor` only reads, `control` writes too. */
const role = v.picklist(['control', 'monitor']);
/** 52 characters of base32, see `fullFingerprintOf` of @sercli/link. */
const fingerprint = v.pipe(v.string(), v.regex(/^[A-Z2-7]{51}[AQ]$/));
const time = v.pipe(v.string(), v.isoTimestamp());

const listedClient = v.object({
  fingerprint,
  role,
  /** Names of ports, with `*` and `?`. */
  ports: v.array(v.string()),
  name: v.exactOptional(v.string()),
  since: v.exactOptional(time),
  note: v.exactOptional(v.string()),
  /** It is authorised by the environment of the agent, which this list cannot change. */
  isProvisioned: v.exactOptional(v.literal(true)),
});

const waitingClient = v.object({
  fingerprint,
  /** What it says it is called. */
  name: v.string(),
  /** `192.168.7.2:51034` */
  address: v.string(),
  /** What it asked for. */
  role,
  port: v.exactOptional(v.string()),
  since: time,
  /** When it is forgotten. */
  until: time,
  /** It is connected, and goes on by itself as soon as it is admitted. */
  isConnected: v.boolean(),
});

const clientList = v.object({
  /** The version of this answer. Fields may be added within a version. */
  version: v.literal(1),
  agent: listedAgent,
  /** What clients know the agent by; older agents do not say it. */
  agentFingerprint: v.exactOptional(fingerprint),
  /** The file that the authorised clients stand in. */
  file: v.string(),
  clients: v.array(listedClient),
  /** Lines of the file, counted from 1, that cannot be read and were skipped. */
  broken: v.exactOptional(v.array(v.object({ number: v.number(), problem: v.string() }))),
  /** The oldest first. */
  waiting: v.array(waitingClient),
});

/** What `GET /v1/clients` answers, and every change of it, and `sercli authorize --json` prints. */
export type ClientList = v.InferOutput<typeof clientList>;
/** A client that an agent admits. */
export type ListedClient = ClientList['clients'][number];
/** A client that waits to be let in. */
export type WaitingClient = ClientList['waiting'][number];

/** @throws Error that says what is wrong with it */
export function parseClientList(json: string): ClientList {
  return v.parse(clientList, JSON.parse(json));
}

const authorization = v.strictObject({
  role,
  ports: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(64)),
  /** What it is called where people see it; what it calls itself if it is missing. */
  name: v.exactOptional(shortText),
});

/** The body of `PUT /v1/clients/FINGERPRINT`. */
export type Authorization = v.InferOutput<typeof authorization>;

/** @throws Error that says what is wrong with it */
export function parseAuthorization(json: string): Authorization {
  return v.parse(authorization, JSON.parse(json));
}
