import { formatPlace } from '@sercli/protocol';
import { bindText } from './banner-text.ts';
import { Defaults } from './defaults.ts';
import { splitStack } from './gensio-stack.ts';
import { defaultLineWords, type LineWords, takeLineWord } from './line-words.ts';
import { type AccepterStack, readAccepter } from './network-port.ts';
import { isOn, readPortOptions } from './port-options.ts';
import type { Ser2netConfig, Ser2netPort, Ser2netRotator } from './ser2net-config.ts';
import type { NamedFiles, Notes, PlacedText, SaidConnection, SaidRotator, Statement } from './statement.ts';

/** What statements mean, with the defaults that stand before them. What cannot be served is noted and left out. */
export function interpret(statements: readonly Statement[], notes: Notes, files: NamedFiles): Ser2netConfig {
  const defaults = new Defaults();
  const context = { defaults, notes, files };
  const ports: Ser2netPort[] = [];
  const said: SaidRotator[] = [];
  const places = new Places(notes);
  for (const statement of statements) {
    if (statement.kind === 'connection') {
      const port = portOf(statement, context);
      const twin = ports.findIndex(({ name }) => name === port?.name);
      if (port === undefined || !places.take(port)) continue;
      if (twin >= 0) notes.add(port.place, `connection ${port.name}`, 'replaces the one above of the same name');
      ports.splice(twin < 0 ? ports.length : twin, twin < 0 ? 0 : 1, port);
    } else if (statement.kind === 'rotator') said.push(statement);
    else defaults.apply(statement);
  }
  const names = new Set(ports.map(({ name }) => name));
  const rotators = said
    .flatMap((rotator) => rotatorOf(rotator, names, context) ?? [])
    .filter((one) => places.take(one));
  return { ports, rotators, notes: notes.all };
}

/** Where connections listen: each place is that of the first. */
class Places {
  readonly #notes: Notes;
  readonly #names = new Map<string, string>();

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  take({
    name,
    place,
    listen,
    isEnabled = true,
  }: Pick<Ser2netPort, 'name' | 'place' | 'listen'> & { isEnabled?: boolean }): boolean {
    if (listen === undefined || !isEnabled) return true;
    const where = formatPlace(listen.host, listen.tcpPort);
    const owner = this.#names.get(where) ?? name;
    this.#names.set(where, owner);
    if (owner === name) return true;
    this.#notes.add(place, name, `is not carried over: TCP port ${listen.tcpPort} is that of ${owner} above`);
    return false;
  }
}

interface Context {
  readonly defaults: Defaults;
  readonly notes: Notes;
  readonly files: NamedFiles;
}

function portOf(said: SaidConnection, context: Context): Ser2netPort | undefined {
  const { notes, defaults } = context;
  const what = `connection ${said.name}`;
  const accepter = accepterOf(what, said.accepter, said.place, context);
  const connector = connectorOf(what, said, context);
  if (accepter === undefined || connector === undefined) return undefined;
  const options = readPortOptions(said.options, said.name, defaults, notes);
  if (options.hasUnknownAddress && options.allow.length === 0) {
    return void notes.add(
      said.place,
      what,
      'is not carried over: it would let everybody in; write remaddr with IP addresses',
    );
  }
  const shown = said.shownAs ?? {
    accepter: said.accepter?.text ?? '',
    connector: said.connector?.text ?? '',
    device: said.name,
  };
  const bind = (text: string, isFileName = false): string => {
    const { connector: device, device: alias, accepter: where } = shown;
    return bindText(text, { device, name: said.name, alias, accepter: where, isFileName });
  };
  return {
    name: said.name,
    place: said.place,
    isEnabled: said.enable === undefined || isOn(said.enable.text),
    listen: accepter.listen,
    protocol: protocolOf(accepter, defaults),
    ...connector,
    timeout: secondsOf(said.timeout, what, notes),
    ...options,
    banner: bind(options.banner),
    openText: bind(options.openText),
    closeText: bind(options.closeText),
    traces: options.traces.map((trace) => ({ ...trace, file: bind(trace.file, true) })),
  };
}

function accepterOf(
  what: string,
  text: PlacedText | undefined,
  place: PlacedText,
  { notes, files }: Context,
): AccepterStack | undefined {
  const read = readAccepter(text?.text ?? '', files);
  if (!('reason' in read)) return read;
  notes.add(text ?? place, what, `is not carried over: ${text === undefined ? 'it has no accepter' : read.reason}`);
  return undefined;
}

function protocolOf({ protocol, saysRemoteControl }: AccepterStack, defaults: Defaults): AccepterStack['protocol'] {
  if (protocol !== 'telnet' || saysRemoteControl) return protocol;
  const value = defaults.get('rfc2217', 'telnet') ?? defaults.get('remctl', 'ser2net');
  return value !== undefined && isOn(value) ? 'rfc2217' : protocol;
}

type Connector = Pick<Ser2netPort, 'device' | 'settings' | 'keepOpen' | 'takesLockFile' | 'hangsUpOnClose'>;

const connectorNames = /^(serialdev|sdev|termios|sergensio_termios)$/i;

const uncarriedConnectors: Readonly<Record<string, string>> = {
  ipmisol: 'Serial over LAN is not served',
  dev: 'a device that is no serial line is not served',
  telnet: 'ports of other servers are not served; sercli dials agents only',
  tcp: 'ports of other servers are not served; sercli dials agents only',
  pty: 'a program is served as exec:COMMAND, and a terminal that others opened is not',
};

function connectorOf(what: string, { connector, place }: SaidConnection, context: Context): Connector | undefined {
  const { notes, defaults } = context;
  if (connector === undefined) return void notes.add(place, what, 'is not carried over: it has no connector');
  const parts = splitStack(connector.text);
  const isKept = parts[0]?.name.toLowerCase() === 'keepopen';
  const [kind, device, ...words] = isKept ? parts.slice(1) : parts;
  const name = kind?.name.toLowerCase() ?? '';
  const line = defaultLineWords();
  takeDefaults(line, defaults);
  const shared = { keepOpen: isKept, takesLockFile: takesLockFile(kind?.options ?? []) };
  if (name === 'echo') return { device: 'sim:echo', ...line, ...shared };
  const isPath = device?.name.startsWith('/') === true;
  if (!connectorNames.test(name) || !isPath) {
    const known = uncarriedConnectors[name];
    const reason = known ?? (isPath ? `"${name}" is not served` : 'its device is no path; write serialdev,/dev/ttyS0');
    return void notes.add(connector, what, `is not carried over: ${reason}`);
  }
  if (/^\/dev\/(usb\/)?lp\d*$/.test(device.name)) {
    const reason = 'printers have no serial line; use a print server';
    return void notes.add(connector, what, `is not carried over: ${reason}`);
  }
  for (const { name: word } of words) {
    const problem = takeLineWord(line, word);
    if (problem !== undefined) notes.add(connector, word, `is not carried over: ${problem}`);
  }
  return { device: device.name, ...line, ...shared };
}

function takeDefaults(line: LineWords, defaults: Defaults): void {
  for (const name of [
    'speed',
    'databits',
    'stopbits',
    'parity',
    'xonxoff',
    'rtscts',
    'hangup-when-done',
    'dtr',
    'rts',
    'rs485',
  ]) {
    const value = defaults.get(name, 'serialdev');
    if (value !== undefined && value !== '') takeLineWord(line, `${name}=${value}`);
  }
}

/** `nouucplock` of old and `uucplock=false` of new versions of gensio. */
function takesLockFile(options: readonly string[]): boolean {
  const said = options.findLast((option) => /^(no)?uucplock(=|$)/.test(option));
  if (said === undefined) return true;
  const value = said.includes('=') ? isOn(said.slice(said.indexOf('=') + 1)) : true;
  return said.startsWith('no') ? !value : value;
}

/** A day, as for all that an agent waits for. */
const longestTimeout = 86_400;

function secondsOf(text: PlacedText | undefined, what: string, notes: Notes): number {
  if (text === undefined || text.text.trim() === '') return 0;
  const seconds = Number(text.text);
  if (/^\s*\d+\s*$/.test(text.text) && seconds <= longestTimeout) return seconds;
  notes.add(text, what, `has no timeout any more: "${text.text}" is no number of seconds from 0 to ${longestTimeout}`);
  return 0;
}

function rotatorOf(said: SaidRotator, names: ReadonlySet<string>, context: Context): Ser2netRotator | undefined {
  const { notes, defaults } = context;
  const what = `rotator ${said.name}`;
  const accepter = accepterOf(what, said.accepter, said.place, context);
  for (const { name, place } of said.options) {
    if (name.startsWith('auth') || name.startsWith('pam') || name === 'allowed-users') {
      notes.add(place, name, 'is not carried over: an accepter asks nobody who he is');
    }
  }
  const ports = said.connections.filter((connection) => {
    if (names.has(connection.text)) return true;
    notes.add(connection, what, `goes without ${connection.text}, which is not carried over`);
    return false;
  });
  if (accepter?.listen === undefined) return undefined;
  if (ports.length === 0) return void notes.add(said.place, what, 'is not carried over: none of its ports is');
  const { listen } = accepter;
  return {
    name: said.name,
    place: said.place,
    listen,
    protocol: protocolOf(accepter, defaults),
    ports: ports.map(({ text }) => text),
  };
}
