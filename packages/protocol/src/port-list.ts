import * as v from 'valibot';
import { accessProtocols } from './access-protocol.ts';
import { listedAgent } from './listed-agent.ts';
import { controller, lineSettings } from './native/messages/fields.ts';

/** The path of the port list on an agent. */
export const portListPath = '/v1/ports';

/**
 * The path of the list as it changes: JSON lines, the list at once and again whenever it is another one. An empty line
 * each `portWatchBeatMs` is the sign of life.
 */
export const portWatchPath = '/v1/ports/watch';
/** How often an agent gives a sign of life on `portWatchPath`, in milliseconds. */
export const portWatchBeatMs = 5_000;

const usb = v.object({
  vendorId: v.string(),
  productId: v.string(),
  serialNumber: v.exactOptional(v.string()),
  manufacturer: v.exactOptional(v.string()),
  product: v.exactOptional(v.string()),
});

/** Since the agent serves the port; of errors, what the device's driver has counted while the agent had it open. */
const counters = v.object({
  receivedBytes: v.number(),
  sentBytes: v.number(),
  breaks: v.number(),
  framingErrors: v.number(),
  parityErrors: v.number(),
  /** How often the hardware or its driver had no room for what came, and lost bytes. */
  overruns: v.number(),
});

/** A TCP port on which the port is served to programs that do not speak the native protocol. */
const listedAccepter = v.object({
  /** Where it listens: `127.0.0.1:3333`. */
  addresses: v.array(v.string()),
  protocol: v.picklist(accessProtocols),
  /** What becomes of a client while another controls the port: `refuse`, `monitor`, `share` or `replace`. */
  onBusy: v.string(),
  /** What each of its clients at this port speaks; `auto` until it is known. */
  clients: v.array(v.picklist(accessProtocols)),
  /** The type of service that it is advertised as: `_iostream._tcp`. */
  advertised: v.exactOptional(v.string()),
});

const listedPort = v.object({
  name: v.string(),
  device: v.string(),
  description: v.exactOptional(v.string()),
  /** Identity of the USB device that the port belongs to; ids in hexadecimal without 0x. */
  usb: v.exactOptional(usb),
  /** In force if the port is open, else what it will be opened with. */
  settings: lineSettings,
  /**
   * `idle`: the device is not opened; `unavailable`: it is not served; `lost`: it is gone and keeps its name until it
   * comes back. `reason` says why.
   */
  state: v.picklist(['idle', 'open', 'unavailable', 'lost']),
  reason: v.exactOptional(v.string()),
  controller: v.exactOptional(controller),
  accepters: v.exactOptional(v.array(listedAccepter)),
  counters: v.exactOptional(counters),
  /** Line sequences of the agent's configuration, by name. */
  sequences: v.exactOptional(v.record(v.string(), v.string())),
});

const portList = v.object({
  /** The version of this answer. Fields may be added within a version. */
  version: v.literal(1),
  agent: listedAgent,
  ports: v.array(listedPort),
});

/** What `GET /v1/ports` answers and `sercli ls --json` prints. */
export type PortList = v.InferOutput<typeof portList>;
/** A port of an agent, as it is listed. */
export type ListedPort = PortList['ports'][number];
/** A TCP port on which a port is served to programs that do not speak the native protocol. */
export type ListedAccepter = v.InferOutput<typeof listedAccepter>;

/** What a port is, without what has come and gone there: a list is another one when that is. */
export function withoutCounters({ counters: _, ...port }: ListedPort): ListedPort {
  return port;
}

/** @throws Error that says what is wrong with it */
export function parsePortList(json: string): PortList {
  return v.parse(portList, JSON.parse(json));
}
