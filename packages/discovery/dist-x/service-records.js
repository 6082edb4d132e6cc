import { isAgentName } from './agent-name.js';
import { decodeAgentText, encodeAgentText } from './agent-text.js';
/** The service type of agents (RFC 6763 section 7). */
export const serviceType = '_sercli._tcp.local';
/** Seconds that others may keep a record: RFC 6762 section 10 has 120 for those that name a machine, 75 minutes for the rest. */
export const serviceTtl = 4500;
const machineTtl = 120;
/** Addresses of one machine that are kept. */
const maxAddresses = 16;
export function serviceName(agentName) {
    return `${agentName}.${serviceType}`;
}
/** That there is an agent of this name. */
export function pointerTo(agentName, ttl) {
    return { name: serviceType, type: 'PTR', ttl, data: serviceName(agentName) };
}
/** What belongs to the agent alone, and goes with it. */
export function agentRecords(advertisement, hostName, isGoodbye = false) {
    const name = serviceName(advertisement.name);
    const srv = { port: advertisement.tcpPort, target: hostName, priority: 0, weight: 0 };
    return [
        pointerTo(advertisement.name, isGoodbye ? 0 : serviceTtl),
        { name, type: 'SRV', ttl: isGoodbye ? 0 : machineTtl, flush: true, data: srv },
        { name, type: 'TXT', ttl: isGoodbye ? 0 : serviceTtl, flush: true, data: encodeAgentText(advertisement) },
    ];
}
/** What no goodbye takes back: that there are agents at all, which others tell too, and where the machine is. */
export function lastingRecords(hostName, addresses) {
    const type = (address) => (address.includes(':') ? 'AAAA' : 'A');
    return [
        // For those who ask which kinds of services there are (RFC 6763 section 9).
        { name: '_services._dns-sd._udp.local', type: 'PTR', ttl: serviceTtl, data: serviceType },
        ...addresses.map((data) => ({ name: hostName, type: type(data), ttl: machineTtl, data })),
    ];
}
/** The agents that a response tells of, and those that leave. What is no record of an agent is passed over. */
export function readResponse(message) {
    const records = [...message.answers, ...message.additionals];
    const instances = new Map();
    for (const record of records) {
        const name = agentNameIn(record.type === 'PTR' && isName(record, serviceType) ? record.data : record.name);
        if (name === undefined)
            continue;
        const own = instances.get(name);
        if (own === undefined)
            instances.set(name, [record]);
        else
            own.push(record);
    }
    const present = [];
    const left = [];
    for (const [name, own] of instances) {
        if (own.some(({ type, ttl }) => ttl === 0 && (type === 'PTR' || type === 'SRV'))) {
            const text = textIn(own);
            left.push({ name, ...(text === undefined ? {} : { agentId: text.agentId }) });
        }
        else
            present.push(...agentIn(name, own, records));
    }
    return { present, left };
}
/** The names of agents that a query says it knows well enough (RFC 6762 section 7.1). */
export function knownAgents(query) {
    return new Set(query.answers.flatMap(({ name, type, ttl, data }) => type === 'PTR' && isName({ name }, serviceType) && ttl >= serviceTtl / 2 ? (agentNameIn(data) ?? []) : []));
}
export function isName({ name }, other) {
    return name.toLowerCase() === other.toLowerCase();
}
function agentIn(name, own, all) {
    const service = own.flatMap(({ type, data }) => (type === 'SRV' ? serviceIn(data) : []))[0];
    const text = textIn(own);
    if (service === undefined || text === undefined)
        return [];
    const addresses = all.flatMap((record) => (record.type === 'A' || record.type === 'AAAA') &&
        record.ttl > 0 &&
        typeof record.data === 'string' &&
        isName(record, service.hostName)
        ? record.data
        : []);
    return [{ ...text, ...service, name, addresses: addresses.slice(0, maxAddresses) }];
}
function serviceIn(data) {
    const { port, target } = Object(data);
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535)
        return [];
    if (typeof target !== 'string' || target === '' || target.length > 253 || /[\s\p{C}]/u.test(target))
        return [];
    return [{ tcpPort: port, hostName: target }];
}
function textIn(own) {
    const data = own.find(({ type }) => type === 'TXT')?.data;
    const strings = Array.isArray(data) ? data : [data];
    return decodeAgentText(strings.filter((item) => item instanceof Uint8Array));
}
function agentNameIn(name) {
    if (typeof name !== 'string' || !isName({ name: name.slice(-serviceType.length) }, serviceType))
        return undefined;
    const label = name.slice(0, -serviceType.length - 1);
    return name.at(-serviceType.length - 1) === '.' && isAgentName(label) ? label : undefined;
}
//# sourceMappingURL=service-records.js.map