import type { LineSettings } from '@sercli/protocol';

/** What the escapes of a text stand for. */
export interface TextFacts {
  /** `\d`: the device; in file names only what stands behind its last slash. */
  readonly device: string;
  /** `\N`: what the port is called. */
  readonly name: string;
  /** `\o`: the device as the file names it; the name of the port if it is not given. */
  readonly alias?: string | undefined;
  /** `\p`: where the client has connected. */
  readonly accepter: string;
  /** `\B`, and `\s` in what is sent. */
  readonly settings?: LineSettings | undefined;
  /** `\I`: the client's address. */
  readonly remoteAddress?: string | undefined;
  /** The time, in the machine's time zone. */
  readonly now: Date;
  /** The text is the name of a file: `\s` are seconds, and slashes of what is put in are none of its own. */
  readonly isFileName?: boolean;
}

type LastingFacts = Pick<TextFacts, 'device' | 'name' | 'alias' | 'accepter' | 'isFileName'>;

/** `\` and what stands behind it: octal digits, `x` and hexadecimal ones, or any one character. */
const escapes = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))/gsu;

/** Puts in what the escapes of ser2net.yaml(5) stand for; one that means nothing is the character itself. */
export function expandText(template: string, facts: TextFacts): Uint8Array {
  const parts: Buffer[] = [];
  let at = 0;
  for (const found of template.matchAll(escapes)) {
    const [whole, octal, hex, letter = ''] = found;
    parts.push(Buffer.from(template.slice(at, found.index)));
    at = found.index + whole.length;
    const byte = octal === undefined ? hex && Number.parseInt(hex, 16) : Number.parseInt(octal, 8);
    parts.push(typeof byte === 'number' ? Buffer.of(byte & 0xff) : Buffer.from(textOf(letter, facts)));
  }
  parts.push(Buffer.from(template.slice(at)));
  return new Uint8Array(Buffer.concat(parts));
}

/** The same for the name of a file; no byte of it ends the name. */
export function expandFileName(template: string, facts: Omit<TextFacts, 'isFileName'>): string {
  const bytes = expandText(template, { ...facts, isFileName: true });
  return Buffer.from(bytes).toString().replaceAll('\0', '');
}

/**
 * Puts in what is known of a port once and for all, and leaves the other escapes as they are: what is put in has none.
 */
export function bindText(template: string, facts: LastingFacts): string {
  return template.replace(escapes, (whole, _octal, _hex, letter: string | undefined) => {
    if (letter === undefined || !'doNp'.includes(letter)) return whole;
    return lastingText(letter, facts).replaceAll('\\', '\\\\');
  });
}

const controlCharacters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function textOf(letter: string, facts: TextFacts): string {
  const character = Object.hasOwn(controlCharacters, letter) ? controlCharacters[letter] : undefined;
  if (character !== undefined) return character;
  switch (letter) {
    case 'd':
    case 'o':
    case 'N':
    case 'p':
      return lastingText(letter, facts);
    case 'B':
      return shortSettings(facts.settings);
    case 's':
      return facts.isFileName === true ? two(facts.now.getSeconds()) : shortSettings(facts.settings);
    case 'I':
      return facts.remoteAddress ?? '';
    default:
      return timeText(letter, facts.now) ?? letter;
  }
}

function lastingText(letter: string, facts: LastingFacts): string {
  const { device, name, alias = name, accepter, isFileName = false } = facts;
  const text = { d: device, o: alias, p: accepter }[letter] ?? name;
  if (!isFileName) return text;
  return letter === 'd' || letter === 'o' ? text.slice(text.lastIndexOf('/') + 1) : text.replaceAll('/', '_');
}

/** An address as gensio writes it: `ipv4,192.168.1.7,51000`. */
export function gensioAddress(address: string): string {
  const [, bracketed, plain, tcpPort] = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(address) ?? [];
  if (tcpPort === undefined) return address;
  return bracketed === undefined ? `ipv4,${plain},${tcpPort}` : `ipv6,${bracketed},${tcpPort}`;
}

/** `9600N81`. */
function shortSettings(settings: LineSettings | undefined): string {
  if (settings === undefined) return '';
  const { baudRate, parity, dataBits, stopBits } = settings;
  return `${baudRate}${parity.charAt(0).toUpperCase()}${dataBits}${stopBits}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function timeText(letter: string, now: Date): string | undefined {
  switch (letter) {
    case 'Y':
      return String(now.getFullYear());
    case 'y':
      return String(dayOfYear(now));
    case 'M':
      return months[now.getMonth()];
    case 'm':
      return two(now.getMonth() + 1);
    case 'A':
      return weekdays[now.getDay()];
    case 'D':
      return two(now.getDate());
    case 'e':
      return String(Math.floor(now.getTime() / 1000));
    case 'U':
      return String((now.getTime() % 1000) * 1000).padStart(6, '0');
    case 'H':
      return two(now.getHours());
    case 'h':
      return two(now.getHours() % 12 || 12);
    case 'i':
      return two(now.getMinutes());
    case 'S':
      return two(now.getSeconds());
    case 'q':
      return now.getHours() < 12 ? 'am' : 'pm';
    case 'P':
      return now.getHours() < 12 ? 'AM' : 'PM';
    default:
      return undefined;
  }
}

/** Days since the first of January. */
function dayOfYear(now: Date): number {
  const days = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - Date.UTC(now.getFullYear(), 0, 1);
  return days / 86_400_000;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
