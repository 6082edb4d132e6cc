import { parseNetwork } from '../accepters/allowed-networks.ts';
import type { Defaults } from './defaults.ts';
import { optionName } from './defaults.ts';
import type { Ser2netAdvertisement, Ser2netTrace } from './ser2net-config.ts';
import type { Notes, PlacedText, SaidOption } from './statement.ts';
import { TraceOptions } from './trace-options.ts';

/** As many sessions as a port has (`agentLimitTable.sessionsPerPort`). */
const mostConnections = 64;

const sendsAtOnce =
  'is not carried over: what the device sends is sent on at once, and gathered only while the network is busy';
const asksNobody =
  'is not carried over: an accepter asks nobody who he is; use the native protocol and "sercli authorize"';
const dialsNobody = 'is not carried over: nobody is dialled; clients connect';

/** Options that mean nothing here, and why. */
const uncarried: Readonly<Record<string, string>> = {
  chardelay: sendsAtOnce,
  'chardelay-scale': sendsAtOnce,
  'chardelay-min': sendsAtOnce,
  'chardelay-max': sendsAtOnce,
  sendon: sendsAtOnce,
  'dev-to-net-bufsize': 'is not carried over: buffers grow and shrink by themselves',
  'net-to-dev-bufsize': 'is not carried over: buffers grow and shrink by themselves',
  'timeout-on-os-queue': 'is not carried over: bytes that wait in the kernel do not end a session',
  closeon: 'is not carried over: no text of the device ends a session',
  'led-rx': 'is not carried over: LEDs are not switched; use the trigger of the LED in /sys/class/leds',
  'led-tx': 'is not carried over: LEDs are not switched; use the trigger of the LED in /sys/class/leds',
  'led-conn': 'is not carried over: LEDs are not switched; use the trigger of the LED in /sys/class/leds',
  authdir: asksNobody,
  'authdir-admin': asksNobody,
  pamauth: asksNobody,
  'pamauth-admin': asksNobody,
  'allowed-users': asksNobody,
  connback: dialsNobody,
  'connback-timeout': dialsNobody,
  'connector-retry-time': 'is not carried over: a device that is not there is opened as soon as it is',
  'accepter-retry-time': 'is not carried over: a TCP port that is taken is an error at the start',
  'mdns-interface': 'is not carried over: it is advertised where the agent listens',
  'mdns-nettype': 'is not carried over: addresses of both kinds are advertised',
  'mdns-domain': 'is not carried over: it is advertised in the domain local',
  'mdns-host': 'is not carried over: it is advertised under the name of the machine',
  'mdns-port': 'is not carried over: the TCP port is that of the accepter',
};

/** What the options of a connection come to. */
export interface PortOptions {
  maxConnections: number;
  kicksOldUser: boolean;
  allow: string[];
  /** Somebody was to be let in who cannot be told from others. */
  hasUnknownAddress: boolean;
  breakOnSync: boolean;
  signature: string;
  banner: string;
  openText: string;
  closeText: string;
  readonly traces: readonly Ser2netTrace[];
  readonly advertise?: Ser2netAdvertisement;
}

/** Reads the options of a connection, with the defaults of the class ser2net before them. */
export function readPortOptions(
  said: readonly SaidOption[],
  name: string,
  defaults: Defaults,
  notes: Notes,
): PortOptions {
  const reader = new OptionReader(notes);
  for (const option of defaults.namesOf('ser2net')) {
    if (!lineDefaults.has(option))
      reader.take({ name: option, value: defaults.get(option, 'ser2net'), place: nowhere }, true);
  }
  for (const option of said) reader.take(option, false);
  return reader.result(name);
}

/** Defaults of lines and of telnet, which others read. */
const lineDefaults: ReadonlySet<string> = new Set([
  'speed',
  'databits',
  'stopbits',
  'parity',
  'xonxoff',
  'rtscts',
  'local',
  'hangup-when-done',
  'nobreak',
  'rs485',
  'dtr',
  'rts',
  'remctl',
  'rfc2217',
]);

const nowhere: PlacedText = { text: '', line: 0 };

class OptionReader {
  readonly #notes: Notes;
  readonly #traces = new TraceOptions();
  readonly #options = {
    maxConnections: 1,
    kicksOldUser: false,
    allow: [] as string[],
    hasUnknownAddress: false,
    breakOnSync: false,
    signature: 'ser2net',
    banner: '',
    openText: '',
    closeText: '',
  };
  readonly #mdns = { isOn: false, name: '', type: '', text: {} as Record<string, string> };

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  /** @param isDefault what is not carried over was not said of this port, and is not noted */
  take({ name: written, value = '', place }: SaidOption, isDefault: boolean): void {
    const name = optionName(written);
    const report = (problem: string): void => {
      if (!isDefault) this.#notes.add(place, written, problem);
    };
    if (
      this.#traces.take(name, value, isOn(value)) ||
      this.#takeText(name, value) ||
      this.#takeMdns(name, value, report)
    )
      return;
    const options = this.#options;
    switch (name) {
      case 'kickolduser':
        options.kicksOldUser = isOn(value);
        break;
      case 'telnet-brk-on-sync':
        options.breakOnSync = isOn(value);
        break;
      case 'max-connections':
        this.#takeMaxConnections(value, report);
        break;
      case 'remaddr':
        for (const address of value.split(';')) this.#takeRemoteAddress(address.trim(), report);
        break;
      case 'no-con-to-acc':
      case 'no-acc-to-con':
        if (isOn(value)) report('is not carried over: a port is served in both directions');
        break;
      default:
        if (isUnset(name, value)) break;
        report(uncarried[name] ?? 'is not carried over: ser2net has no such option');
    }
  }

  result(connection: string): PortOptions {
    const { isOn: isAdvertised, name, type, text } = this.#mdns;
    const options = { ...this.#options, traces: this.#traces.traces };
    if (!isAdvertised) return options;
    const service = type === '_zwave._tcp' ? 'zwave' : 'iostream';
    return { ...options, advertise: { service, name: name || connection, text } };
  }

  #takeText(name: string, value: string): boolean {
    const key = ({ banner: 'banner', openstr: 'openText', closestr: 'closeText', signature: 'signature' } as const)[
      name as 'banner'
    ];
    if (key === undefined) return false;
    this.#options[key] = value;
    return true;
  }

  #takeMaxConnections(value: string, report: (problem: string) => void): void {
    const count = Number(value);
    if (!/^\d+$/.test(value) || count < 1) return report('is not carried over: it is no number from 1 on');
    this.#options.maxConnections = Math.min(count, mostConnections);
    if (count > mostConnections) report(`is carried over as ${mostConnections}, as many as a port has`);
  }

  /** `192.168.1.7,0`, `ipv4,192.168.1.7,0`, or the address alone. */
  #takeRemoteAddress(text: string, report: (problem: string) => void): void {
    if (text === '') return;
    if (text.startsWith('!')) return report(dialsNobody);
    const words = text.split(',').filter((word) => !/^(ipv4|ipv6|ipv6n4|tcp|udp|sctp)$/.test(word));
    const [address = '', tcpPort = '0'] = words;
    if (parseNetwork(address) === undefined || address.includes('/')) {
      this.#options.hasUnknownAddress = true;
      return report(`lets ${text} in no more: "${address}" is no IP address`);
    }
    if (tcpPort !== '0')
      report(`is carried over for the address alone: TCP port ${tcpPort} of the client is not compared`);
    this.#options.allow.push(address);
  }

  #takeMdns(name: string, value: string, report: (problem: string) => void): boolean {
    switch (name) {
      case 'mdns':
        this.#mdns.isOn = isOn(value);
        return true;
      case 'mdns-name':
        this.#mdns.name = value;
        return true;
      case 'mdns-type':
        if (['', '_iostream._tcp', '_zwave._tcp'].includes(value)) this.#mdns.type = value;
        else report(`is carried over as _iostream._tcp: nothing is advertised as ${value}`);
        return true;
      case 'mdns-txt': {
        const equals = value.indexOf('=');
        if (equals > 0) this.#mdns.text[value.slice(0, equals)] = value.slice(equals + 1);
        return true;
      }
      // What is known of a USB device is told in any case.
      case 'mdns-sysattrs':
        return true;
      default:
        return false;
    }
  }
}

/** What options have that are written down as they are anyway; some others have it when they are empty. */
const unset: Readonly<Record<string, readonly string[]>> = {
  sendon: [''],
  closeon: [''],
  pamauth: [''],
  connback: [''],
  'timeout-on-os-queue': ['false'],
  'mdns-interface': ['-1'],
  'mdns-nettype': ['unspec'],
  'mdns-domain': ['', 'local'],
  'mdns-host': [''],
};

function isUnset(name: string, value: string): boolean {
  return value === '<NULL>' || unset[name]?.includes(value) === true;
}

/** A name alone is on. */
export function isOn(value: string): boolean {
  return !/^(false|off|no|0)$/i.test(value.trim());
}
