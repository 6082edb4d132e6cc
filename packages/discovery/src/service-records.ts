import { isAgentName } from './agent-name.ts';
import { type AgentText, decodeAgentText, encodeAgentText } from './agent-text.ts';
import type { Advertisement } from './discovery.ts';

/** The service type of agents (RFC 6763 section 7). */
export const serviceType = '_sercli._tcp.local';

/** Seconds that others may keep a record: RFC 6762 section 10 has 120 for those that name a machine, 75 minutes for the rest. */
export const serviceTtl = 4500;
const machineTtl = 120;
/** Addresses of one machine that are kept. */
const maxAddresses = 16;

/** When something is announced, in milliseconds after it was published (RFC 6762 section 8.3). */
export const announceMs: readonly number[] = [0, 1_000, 3_000];

/** A resource record as multicast-dns encodes and decodes it. */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data?: unknown;
  /** The sender knows all records of this name and type: forget others (RFC 6762 section 10.2). */
  readonly flush?: boolean;
}

/** The parts of a DNS message that matter here. */
export interface DnsMessage {
  readonly questions: readonly { readonly name: string; readonly type: string }[];
  readonly answers: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly authorities?: readonly DnsRecord[];
}

/** An agent as a message tells it. */
export interface HeardAgent extends AgentText {
  readonly name: string;
  readonly tcpPort: number;
  readonly hostName: string;
  /** As advertised, whatever they are. */
  readonly addresses: readonly string[];
}

/** An agent that says goodbye; without an id when the message has none. */
export interface Departure {
  readonly name: string;
  readonly agentId?: string;
}

/**
 * What a machine is called in mDNS. Machines often have one name, `raspberrypi`, and `raspberrypi.local` may be another
 * one's: to claim it would put the mDNS daemon of that one to flight, and mix the addresses of the two.
 *
 * @param id of the agent on it
 */
export function hostNameOf(machineName: string, id: string): string {
  return `${machineName}-${id}.local`;
}

export function serviceName(agentName: string): string {
  return `${agentName}.${serviceType}`;
}

/** That there is an agent of this name. */
export function pointerTo(agentName: string, ttl: number): DnsRecord & { type: 'PTR' } {
  return { name: serviceType, type: 'PTR', ttl, data: serviceName(agentName) };
}

/** What belongs to the agent alone, and goes with it. */
export function agentRecords(advertisement: Advertisement, hostName: string, isGoodbye = false) {
  const name = serviceName(advertisement.name);
  const srv = { port: advertisement.tcpPort, target: hostName, priority: 0, weight: 0 };
  return [
    pointerTo(advertisement.name, isGoodbye ? 0 : serviceTtl),
    { name, type: 'SRV', ttl: isGoodbye ? 0 : machineTtl, flush: true, data: srv },
    { name, type: 'TXT', ttl: isGoodbye ? 0 : serviceTtl, flush: true, data: encodeAgentText(advertisement) },
  ] as const satisfies DnsRecord[];
}

/** What no goodbye takes back: that there are agents at all, which others tell too, and where the machine is. */
export function lastingRecords(hostName: string, addresses: readonly string[]) {
  return [typeRecord(serviceType), ...addressRecords(hostName, addresses)] satisfies DnsRecord[];
}

/** For those who ask which kinds of services there are (RFC 6763 section 9). */
function typeRecord(data: string) {
  return { name: '_services._dns-sd._udp.local', type: 'PTR', ttl: serviceTtl, data } as const;
}

/** IPv4 first: much software takes the first address that it finds, and cannot use a link-local one of IPv6. */
function addressRecords(name: string, addresses: readonly string[]) {
  const isIpv6 = (address: string): boolean => address.includes(':');
  const inOrder = [...addresses].sort((one, other) => Number(isIpv6(one)) - Number(isIpv6(other)));
  return inOrder.map((data) => ({ name, type: isIpv6(data) ? 'AAAA' : 'A', ttl: machineTtl, data }) as const);
}

/** A service as it is advertised: its instance name, which is one label, and its type as `_iostream._tcp`. */
export interface ServiceAdvertisement {
  readonly name: string;
  readonly type: string;
  readonly tcpPort: number;
  /** Entries of the TXT record; together at most 255 bytes each. */
  readonly text: Readonly<Record<string, string>>;
}

export function instanceName({ name, type }: Pick<ServiceAdvertisement, 'name' | 'type'>): string {
  return `${name}.${type}.local`;
}

/** What belongs to a service alone, and goes with it. */
export function instanceRecords(service: ServiceAdvertisement, hostName: string, isGoodbye = false) {
  const name = instanceName(service);
  const srv = { port: service.tcpPort, target: hostName, priority: 0, weight: 0 };
  const text = Object.entries(service.text).map(([key, value]) => `${key}=${value}`);
  return [
    { name: `${service.type}.local`, type: 'PTR', ttl: isGoodbye ? 0 : serviceTtl, data: name },
    { name, type: 'SRV', ttl: isGoodbye ? 0 : machineTtl, flush: true, data: srv },
    // An empty record has one empty string (RFC 6763 section 6.1).
    { name, type: 'TXT', ttl: isGoodbye ? 0 : serviceTtl, flush: true, data: text.length === 0 ? [''] : text },
  ] as const satisfies DnsRecord[];
}

/** What no goodbye of a service takes back. */
export function lastingInstanceRecords({ type }: ServiceAdvertisement, hostName: string, addresses: readonly string[]) {
  return [typeRecord(`${type}.local`), ...addressRecords(hostName, addresses)] satisfies DnsRecord[];
}

/** The agents that a response tells of, and those that leave. What is no record of an agent is passed over. */
export function readResponse(message: DnsMessage): { present: readonly HeardAgent[]; left: readonly Departure[] } {
  const records = [...message.answers, ...message.additionals];
  const instances = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const name = agentNameIn(record.type === 'PTR' && isName(record, serviceType) ? record.data : record.name);
    if (name === undefined) continue;
    const own = instances.get(name);
    if (own === undefined) instances.set(name, [record]);
    else own.push(record);
  }
  const present: HeardAgent[] = [];
  const left: Departure[] = [];
  for (const [name, own] of instances) {
    if (own.some(({ type, ttl }) => ttl === 0 && (type === 'PTR' || type === 'SRV'))) {
      const text = textIn(own);
      left.push({ name, ...(text === undefined ? {} : { agentId: text.agentId }) });
    } else present.push(...agentIn(name, own, records));
  }
  return { present, left };
}

/** The names of agents that a query says it knows well enough (RFC 6762 section 7.1). */
export function knownAgents(query: DnsMessage): Set<string> {
  return new Set(
    query.answers.flatMap(({ name, type, ttl, data }) =>
      type === 'PTR' && isName({ name }, serviceType) && ttl >= serviceTtl / 2 ? (agentNameIn(data) ?? []) : [],
    ),
  );
}

export function isName({ name }: { readonly name: string }, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function agentIn(name: string, own: readonly DnsRecord[], all: readonly DnsRecord[]): HeardAgent[] {
  const service = own.flatMap(({ type, data }) => (type === 'SRV' ? serviceIn(data) : []))[0];
  const text = textIn(own);
  if (service === undefined || text === undefined) return [];
  const addresses = all.flatMap((record) =>
    (record.type === 'A' || record.type === 'AAAA') &&
    record.ttl > 0 &&
    typeof record.data === 'string' &&
    isName(record, service.hostName)
      ? record.data
      : [],
  );
  return [{ ...text, ...service, name, addresses: addresses.slice(0, maxAddresses) }];
}

function serviceIn(data: unknown): { tcpPort: number; hostName: string }[] {
  const { port, target } = Object(data) as { port?: unknown; target?: unknown };
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) return [];
  if (typeof target !== 'string' || target === '' || target.length > 253 || /[\s\p{C}]/u.test(target)) return [];
  return [{ tcpPort: port, hostName: target }];
}

function textIn(own: readonly DnsRecord[]): AgentText | undefined {
  const data = own.find(({ type }) => type === 'TXT')?.data;
  const strings = Array.isArray(data) ? data : [data];
  return decodeAgentText(strings.filter((item): item is Uint8Array => item instanceof Uint8Array));
}

function agentNameIn(name: unknown): string | undefined {
  if (typeof name !== 'string' || !isName({ name: name.slice(-serviceType.length) }, serviceType)) return undefined;
  const label = name.slice(0, -serviceType.length - 1);
  return name.at(-serviceType.length - 1) === '.' && isAgentName(label) ? label : undefined;
}
