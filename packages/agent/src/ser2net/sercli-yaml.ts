import { equalLineSettings, formatPlace, type LineSettings, portNamePattern } from '@sercli/protocol';
import { stringify } from 'yaml';
import type { ListenPlace } from '../server/listen-place.ts';
import type { Ser2netConfig, Ser2netPort, Ser2netRotator, Ser2netTrace } from './ser2net-config.ts';

/** Connections that open the same device: one port of an agent, which has an accepter for each of them. */
interface PortGroup {
  readonly name: string;
  readonly ports: readonly Ser2netPort[];
}

/** The sercli.yaml of a configuration of ser2net. */
export function formatSercliYaml(config: Ser2netConfig): string {
  const groups = groupPorts(config.ports);
  const ports = Object.fromEntries(groups.map((group) => [group.name, portOf(group)]));
  const names = new Map(groups.flatMap(({ name, ports: own }) => own.map((port) => [port.name, name] as const)));
  const rotators = config.rotators.map((rotator) => rotatorOf(rotator, names));
  return stringify({ ports, ...(rotators.length === 0 ? {} : { rotators }) }, { lineWidth: 0 });
}

function groupPorts(ports: readonly Ser2netPort[]): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  const taken = new Set<string>();
  for (const port of ports) {
    // Each connection to an echo has an echo of its own.
    const key = port.device.startsWith('sim:') ? `${port.device} ${port.name}` : port.device;
    const group = groups.get(key);
    if (group !== undefined) groups.set(key, { ...group, ports: [...group.ports, port] });
    else {
      const name = freeName(port, taken);
      taken.add(name);
      groups.set(key, { name, ports: [port] });
    }
  }
  return [...groups.values()];
}

/** The last part of the device's path, as an agent would call it, or the name of the connection. */
function freeName({ device, name }: Ser2netPort, taken: ReadonlySet<string>): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9_]+/, '')
    .slice(0, 48);
  const candidates = [device.slice(device.lastIndexOf('/') + 1), safe, `port-${safe}`];
  const free = candidates.find((candidate) => portNamePattern.test(candidate) && !taken.has(candidate));
  if (free !== undefined) return free;
  for (let number = 2; ; number++) if (!taken.has(`port-${number}`)) return `port-${number}`;
}

function portOf({ ports }: PortGroup): object | undefined {
  const [first] = ports;
  if (first === undefined) return undefined;
  const { device, settings, dtr, rts, rs485 } = first;
  const areSettingsShared = ports.every((port) => equalLineSettings(port.settings, settings));
  const traces = ports.flatMap((port) => port.traces);
  const accepters = ports.flatMap((port) => accepterOf(port, !areSettingsShared) ?? []);
  return {
    device,
    settings: settingsText(settings),
    ...(device.startsWith('/') ? { hupcl: ports.some(({ hangsUpOnClose }) => hangsUpOnClose) } : {}),
    ...(ports.some(({ keepOpen }) => keepOpen) ? { keepOpen: true } : {}),
    ...(ports.every(({ takesLockFile }) => takesLockFile) ? {} : { uucpLock: false }),
    ...(dtr === undefined ? {} : { dtr: dtr ? 'on' : 'off' }),
    ...(rts === undefined ? {} : { rts: rts ? 'on' : 'off' }),
    ...(rs485 === undefined ? {} : { rs485: { ...rs485, rtsOnSend: rs485.rtsOnSend ? 'on' : 'off' } }),
    ...(traces.length === 0 ? {} : { trace: withoutTwins(traces).map(traceOf) }),
    ...(accepters.length === 0 ? {} : { tcp: accepters }),
  };
}

function accepterOf(port: Ser2netPort, saysSettings: boolean): object | undefined {
  if (port.listen === undefined) return undefined;
  const { protocol, settings, timeout, allow, breakOnSync, signature, banner, openText, closeText, advertise } = port;
  return {
    listen: listenText(port.listen),
    protocol,
    ...(port.isEnabled ? {} : { enabled: false }),
    ...(saysSettings ? { settings: settingsText(settings, true) } : {}),
    ...busyRuleOf(port),
    ...(timeout === 0 ? {} : { idleMs: timeout * 1000 }),
    ...(allow.length === 0 ? {} : { allow }),
    ...(breakOnSync ? { breakOnSync } : {}),
    ...(protocol === 'rfc2217' && signature !== '' ? { signature } : {}),
    ...(banner === '' ? {} : { banner }),
    ...(openText === '' ? {} : { openText }),
    ...(closeText === '' ? {} : { closeText }),
    ...(advertise === undefined ? {} : { advertise }),
  };
}

function busyRuleOf({ maxConnections: maxSessions, kicksOldUser }: Ser2netPort): object {
  if (maxSessions === 1) return kicksOldUser ? { onBusy: 'replace' } : {};
  return { onBusy: kicksOldUser ? 'replace' : 'share', maxSessions };
}

function rotatorOf({ listen, protocol, ports }: Ser2netRotator, names: ReadonlyMap<string, string>): object {
  const targets = new Set(ports.flatMap((port) => names.get(port) ?? []));
  // As many clients as it has ports: each port refuses a second one itself.
  return { listen: listenText(listen), protocol, maxSessions: Math.min(64, targets.size), ports: [...targets] };
}

/** `:3333` for all interfaces: anything else would be the loopback interface. */
function listenText({ host, tcpPort }: ListenPlace): string {
  return host === '::' ? `:${tcpPort}` : formatPlace(host, tcpPort);
}

/** `9600,8N1,rtscts`. */
function settingsText(settings: LineSettings, isChange = false): string {
  const { baudRate, dataBits, parity, stopBits, flowControl } = settings;
  const format = `${baudRate},${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;
  // Where several connections set the line, each says it all.
  const flow = {
    none: isChange ? ',none' : '',
    hardware: ',rtscts',
    software: ',xonxoff',
    'hardware+software': ',rtscts,xonxoff',
  };
  return `${format}${flow[flowControl]}`;
}

function traceOf({ file, data, hexdump, timestamps }: Ser2netTrace): object {
  return { file, data, ...(hexdump ? { hexdump } : {}), ...(timestamps ? { timestamps } : {}) };
}

function withoutTwins(traces: readonly Ser2netTrace[]): Ser2netTrace[] {
  return traces.filter((trace, index) => traces.findIndex((other) => other.file === trace.file) === index);
}
