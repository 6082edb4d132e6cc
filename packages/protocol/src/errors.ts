/**
 * Every error that sercli itself raises: `code -> { exit, template }`.
 *
 * A template names the thing, its state and the remedy. `exit` is the exit code of the command line program.
 * Codes are stable: programs and peers compare them, the wire carries them, docs/errors lists them.
 */
export const errorTable = {
  // 1: something failed that no other code describes
  internal: { exit: 1, template: '{what}; this is a defect of sercli, please report it' },
  'unsupported-platform': { exit: 1, template: '{what} needs {needs}, and this is {platform}; {remedy}' },
  'native-module-missing': {
    exit: 1,
    template: 'the prebuilt module {module} cannot be loaded on {platform} ({reason}); {remedy}',
  },
  'listen-failed': { exit: 1, template: 'cannot listen on {address}: {reason}; {remedy}' },
  'state-unusable': { exit: 1, template: 'cannot use {path}: {reason}; {remedy}' },
  'discovery-failed': { exit: 1, template: 'discovery does not work on {place}: {reason}; {remedy}' },
  'virtual-port-failed': { exit: 1, template: 'cannot make a virtual port: {reason}; {remedy}' },

  // 2: what was typed cannot be meant
  usage: { exit: 2, template: '{what}; {remedy}' },
  'bad-address': {
    exit: 2,
    template: '"{address}" is not an address: {reason}; write host/port, host:tcpPort/port or [IPv6]:tcpPort/port',
  },
  'bad-settings': {
    exit: 2,
    template: '"{settings}" are not line settings: {reason}; write for example 115200, 9600,7E1 or 115200n81,rtscts',
  },
  'bad-sequence': {
    exit: 2,
    template:
      '"{sequence}" is no line sequence: {reason}; write for example dtr=off,rts=on 100ms rts=off, where lines are dtr, rts and break',
  },
  'bad-port-spec': {
    exit: 2,
    template:
      '"{spec}" does not describe a port: {reason}; write [name=]DEVICE[,SETTINGS], where DEVICE is a path, sim:KIND or exec:COMMAND',
  },
  'bad-config': { exit: 2, template: '{file} {place}: {key} {problem}' },

  'request-refused': { exit: 2, template: '{what} cannot be asked of {port}: {reason}; ask for less at a time' },

  // 3: not found
  'host-not-found': { exit: 3, template: 'no host {host} ({reason}); check the name, or give its IP address' },
  'agent-ambiguous': { exit: 3, template: 'several agents are called {host}; name one of them: {choices}' },
  'agent-unreachable': { exit: 3, template: 'no agent answers at {place} ({reason}); {remedy}' },
  'not-an-agent': {
    exit: 3,
    template: 'what answers at {place} is no sercli agent ({reason}); check the TCP port',
  },
  'port-not-found': { exit: 3, template: 'no port {port} on {host}; it has: {ports}' },
  'sequence-not-found': { exit: 3, template: 'no line sequence is called {name} at {port}; there are: {names}' },
  'client-not-found': {
    exit: 3,
    template: '{client} is not {state} on {host}; who is and who waits says: sercli authorize',
  },
  'client-ambiguous': {
    exit: 3,
    template: '{client} begins the fingerprints of several clients on {host}; give more of one of: {choices}',
  },
  'device-not-found': { exit: 3, template: 'no device {device}: {reason}; plug it in or correct the path' },

  // 4: refused
  'port-unavailable': {
    exit: 4,
    template: '{port} on {host} is not served: {reason}; name it with --port to serve it all the same',
  },
  'settings-fixed': {
    exit: 4,
    template: 'the settings of {port} are fixed; change them in the configuration of its agent',
  },
  'not-controller': {
    exit: 4,
    template:
      'this session only watches {port}, which is controlled by {holder}; take it over with --take (takes: true)',
  },
  'device-denied': { exit: 4, template: 'no permission to open {device}; {remedy}' },
  'no-modem-lines': {
    exit: 4,
    template: '{device} has no modem lines and no break; use a hardware serial port for those',
  },
  'no-break': {
    exit: 4,
    template: 'the driver of {device} cannot send a break; use another adapter for that',
  },
  'no-rs485': {
    exit: 4,
    template:
      'the driver of {device} cannot turn an RS-485 line around; remove rs485 from its port, or use an adapter that does it by itself',
  },
  'link-refused': {
    exit: 4,
    template: 'will not replace {path}: it is {what}; choose another path with --link',
  },
  'agent-full': { exit: 4, template: 'the agent serves {count} {things} already, its limit; try again later' },
  'agent-key-changed': {
    exit: 4,
    template:
      'the key of {host} is another one than before: known is {known}, shown was {shown}; somebody may stand in between. Only if its key was really changed, run: sercli trust {place} {fingerprint}',
  },
  'agent-key-refused': {
    exit: 4,
    template:
      'the key of {host} is {shown}, and only {trusted} is trusted; somebody may stand in between. If that is its key, trust it instead',
  },
  'certificate-missing': {
    exit: 4,
    template:
      '{host} serves clients that it knows, and this one showed no certificate; use sercli, or give your program one of its own',
  },
  'owner-only': {
    exit: 4,
    template: '{what} is up to the user who runs the agent; ask on its machine, as that user',
  },
  'role-refused': {
    exit: 4,
    template:
      '{host} lets this client only watch; use --monitor, or on {host} run: sercli authorize {fingerprint} --role control',
  },
  'port-refused': {
    exit: 4,
    template:
      '{host} does not let this client use {port}; on {host} run: sercli authorize {fingerprint} --ports {ports}',
  },
  'state-untrusted': { exit: 4, template: 'will not use {path}: {reason}; {remedy}' },
  'host-name-refused': {
    exit: 4,
    template:
      'the agent does not go by the name {name}; use its IP address, or add the name to hostNames in its sercli.yaml',
  },
  'origin-refused': {
    exit: 4,
    template: 'web pages of {origin} may not use the agent at {host}; use a program, or a page of https://{host}',
  },
  'wire-version': {
    exit: 4,
    template:
      'wire version {theirs} is spoken there and {ours} here; install the same release of sercli on both machines',
  },

  'peer-too-old': {
    exit: 4,
    template: '{what} needs wire version {needs}, and the agent speaks {wire}; install a newer release there',
  },

  // 5: busy
  'port-busy': {
    exit: 5,
    template:
      '{port} on {host} is controlled by {holder} since {since}; watch it with --monitor (role: monitor), or take it over with --take (takes: true)',
  },
  'control-taken': {
    exit: 5,
    template: 'control of {port} was taken by {holder} at {since}; take it back with --take (takes: true)',
  },
  'listen-busy': {
    exit: 5,
    template: 'cannot listen on {address}: another program does; end it, or choose another port with {option}',
  },
  'agent-running': {
    exit: 5,
    template: 'an agent called {name} runs here already, at {path}; end it, or choose another name with --name',
  },
  'device-busy': { exit: 5, template: '{device} is in use by {holder}; end that program, or serve another port' },

  // 6: lost
  'connection-lost': {
    exit: 6,
    template: 'the connection to {host} was lost: {reason}; check the network and the agent',
  },
  'device-lost': { exit: 6, template: '{device} is gone: {reason}; plug it in again' },
  'session-ended': { exit: 6, template: 'the session on {port} ended: {reason}; attach again' },
  'device-failed': { exit: 6, template: '{device} failed: {reason}; check the device and its cable' },
  'session-unknown': {
    exit: 6,
    template: 'the agent does not have the session any more ({reason}); the port has to be opened anew',
  },
  'reader-too-slow': {
    exit: 6,
    template:
      '{port} received {bytes} bytes that were not read in time, more than its log keeps; read faster, or let the agent keep more with logBytes',
  },
  closed: { exit: 6, template: '{what} is closed; open it again' },
  aborted: { exit: 1, template: '{what} was cancelled; start it again when it is wanted' },

  // 7: not authorised
  'not-authorized': {
    exit: 7,
    template: '{host} does not know this client: {reason}; on {host} run: sercli authorize {fingerprint}',
  },

  // what a peer sent breaks the protocol, or is an error of its own that this release does not know
  'peer-error': { exit: 1, template: 'the peer reports {code}: {message}' },
  'frame-too-large': {
    exit: 1,
    template: 'a {type} frame of {length} bytes came, and its limit is {limit}; the peer is faulty or not sercli',
  },
  'frame-unknown': {
    exit: 1,
    template: 'a frame of unknown type {type} came; install the same release of sercli on both machines',
  },
  'frame-malformed': { exit: 1, template: 'a {type} frame is malformed: {reason}; the peer is faulty or not sercli' },
  'frame-unexpected': { exit: 1, template: 'a {type} frame came on channel {channel}, {reason}; the peer is faulty' },
  'credit-exceeded': {
    exit: 1,
    template: 'data up to byte {offset} came on channel {channel}, and the window ends at {limit}; the peer is faulty',
  },
  'peer-silent': { exit: 6, template: 'the peer said nothing for {ms} ms; check the network' },
  'peer-not-reading': {
    exit: 6,
    template: '{bytes} bytes wait for a peer that does not read; the connection was closed',
  },
} as const satisfies Record<string, { exit: number; template: string }>;

/** The code of an error in `errorTable`. */
export type ErrorCode = keyof typeof errorTable;

type FieldNames<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | FieldNames<Rest>
  : never;

/** The values that the template of `Code` names. */
export type ErrorFields<Code extends ErrorCode> = Record<
  FieldNames<(typeof errorTable)[Code]['template']>,
  string | number
>;

/** An error with a stable `code`, and a message that names the thing, its state and the remedy. */
export class SercliError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SercliError';
  readonly code: Code;
  readonly fields: ErrorFields<Code>;

  constructor(code: Code, fields: ErrorFields<Code>, options?: { cause?: unknown }) {
    super(fill(errorTable[code].template, fields), options);
    this.code = code;
    this.fields = fields;
  }

  /** The exit code of a program that ends because of this error. */
  get exit(): number {
    return errorTable[this.code].exit;
  }
}

function fill(template: string, fields: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(fields[name] ?? placeholder));
}

/** An error as a peer tells it: the fields, so that the reader fills its own template, and the text for readers that lack it. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/**
 * The longest text of a told error, in characters. What a peer sent may stand in a reason, and the message that tells it
 * back must stay within `Limits.messageBytes`: five such texts do, also where JSON needs six bytes a character.
 */
const toldTextLength = 512;

/** An error as a peer is told of it. */
export function tellError(error: SercliError): ToldError {
  const fields = Object.entries<string | number>(error.fields).map(([name, value]) => [name, shorten(value)]);
  return { code: error.code, message: shorten(error.message), fields: Object.fromEntries(fields) };
}

function shorten<Value extends string | number>(value: Value): Value | string {
  return typeof value === 'string' && value.length > toldTextLength ? `${value.slice(0, toldTextLength - 1)}…` : value;
}

/** Nobody can say of himself or of others that a key is another one: who reads it would accept the key that it names. */
const foundHereAlone: readonly ErrorCode[] = ['agent-key-changed', 'agent-key-refused'];

/** The error that a peer has told. */
export function errorFromTold({ code, message, fields }: ToldError): SercliError {
  if (!isErrorCode(code) || foundHereAlone.includes(code)) return new SercliError('peer-error', { code, message });
  const names = errorTable[code].template.match(/(?<=\{)\w+(?=\})/g) ?? [];
  if (!names.every((name) => Object.hasOwn(fields, name))) return new SercliError('peer-error', { code, message });
  return new SercliError(code, fields as ErrorFields<typeof code>);
}

/** Whatever was thrown, as an error with a code: an unforeseen one is a defect. */
export function toSercliError(error: unknown): SercliError {
  return error instanceof SercliError
    ? error
    : new SercliError('internal', { what: reasonOf(error) }, { cause: error });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** The text of anything thrown, for the `reason` of another error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
