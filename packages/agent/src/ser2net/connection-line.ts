import type { NamedTexts } from './named-texts.ts';
import type { Notes, PlacedText, SaidConnection, SaidOption } from './statement.ts';

/** Words of the options that describe the line, in the words of gensio's serialdev too. */
const lineWord =
  /^(\d+([NEOMS]([5-8][12]?)?)?|NONE|EVEN|ODD|MARK|SPACE|[5-8]DATABITS|[12]STOPBITS?|-?(XONXOFF|RTSCTS|LOCAL|HANGUP_WHEN_DONE|NOBREAK))$/i;

/** Options that are on, or off with a dash in front. */
const flags = /^(-?)(remctl|kickolduser|telnet_brk_on_sync|chardelay|(?:t[rwb]-)?(?:hexdump|timestamp))$/;

const optionOfTrace: Readonly<Record<string, string>> = { tr: 'trace-read', tw: 'trace-write', tb: 'trace-both' };

/** What only Serial over LAN has. */
const solWord =
  /^-?(authenticated|encrypted|deassert_CTS_DCD_DSR_on_connect|shared_serial_alert_\w+|ack-(timeout|retries)=.*)$/;

/** Where a port line is cut: the state is searched for, since a network port may contain colons. */
const states = /:(raw|rawlp|telnet|off|on):/;

/**
 * Reads `NETWORK PORT:STATE:TIMEOUT:DEVICE:OPTIONS`, with options separated by blanks, tabs and commas: ser2net 2.x took
 * all of them, 3.3 no commas any more, and no option has one in it.
 */
export function connectionLine(place: PlacedText, texts: NamedTexts, notes: Notes): SaidConnection[] {
  const found = states.exec(place.text);
  if (found === null) {
    const problem =
      'is not carried over: it is no directive, and no port with one of the states raw, rawlp, telnet, off';
    notes.add(place, shown(place.text), problem);
    return [];
  }
  const networkPort = place.text.slice(0, found.index);
  const state = found[1] ?? '';
  const rest = place.text.slice(found.index + found[0].length).split(':');
  const [timeout = '', device = '', ...others] = rest;
  if (networkPort.trim() === '' || device.trim() === '') {
    notes.add(place, shown(place.text), 'is not carried over: a port is NETWORK PORT:STATE:TIMEOUT:DEVICE:OPTIONS');
    return [];
  }
  if (state === 'rawlp') {
    notes.add(place, networkPort, 'is not carried over: rawlp is for printers, which have no line; use a print server');
    return [];
  }
  const words = wordsOf(others.join(':'));
  return [
    connectionOf(
      { place, networkPort: networkPort.trim(), state, timeout, device: device.trim() },
      words,
      texts,
      notes,
    ),
  ];
}

/** Only addresses that may connect have commas in them, before a TCP port. */
function wordsOf(options: string): string[] {
  return options.split(/\s+/).flatMap((word) => (word.startsWith('remaddr=') ? word : word.split(',')));
}

interface PortLine {
  readonly place: PlacedText;
  readonly networkPort: string;
  readonly state: string;
  readonly timeout: string;
  readonly device: string;
}

function connectionOf(port: PortLine, words: readonly string[], texts: NamedTexts, notes: Notes): SaidConnection {
  const { place, networkPort, state } = port;
  const path = texts.get('DEVICE', port.device) ?? port.device;
  const options: SaidOption[] = [];
  const line: string[] = [];
  const say = (text: string): PlacedText => ({ text, line: place.line });
  for (const word of words) {
    if (word === '') continue;
    if (lineWord.test(word)) line.push(word);
    else readWord(word, { options, line, texts, notes, place });
  }
  const remctl = options.findLast(({ name }) => name === 'remctl');
  const telnet = remctl === undefined ? 'telnet' : `telnet(rfc2217=${remctl.value})`;
  return {
    kind: 'connection',
    name: networkPort,
    place,
    accepter: say(state === 'telnet' ? `${telnet},${networkPort}` : networkPort),
    connector: say(path.startsWith('sol.') ? `ipmisol,${path}` : ['serialdev', path, ...line].join(',')),
    timeout: say(port.timeout),
    enable: say(state === 'off' ? 'off' : 'on'),
    options: options.filter(({ name }) => name !== 'remctl'),
    shownAs: { accepter: networkPort, connector: path, device: port.device },
  };
}

interface ReadWords {
  readonly options: SaidOption[];
  readonly line: string[];
  readonly texts: NamedTexts;
  readonly notes: Notes;
  readonly place: PlacedText;
}

function readWord(word: string, { options, line, texts, notes, place }: ReadWords): void {
  const flag = flags.exec(word);
  if (flag !== null) {
    const [, minus, name = ''] = flag;
    const full = name.replace(/^(t[rwb])-/, (_whole, trace: string) => `${optionOfTrace[trace]}-`);
    options.push({ name: full, value: minus === '-' ? 'false' : 'true', place });
    return;
  }
  const equals = word.indexOf('=');
  if (equals > 0) {
    readValue(word.slice(0, equals), word.slice(equals + 1), { options, line, texts, notes, place });
    return;
  }
  const text = texts.optionNamed(word);
  if (text !== undefined) options.push({ name: text.option, value: text.text, place });
  else if (solWord.test(word)) notes.add(place, word, 'is not carried over: Serial over LAN is not served');
  else notes.add(place, word, 'is not carried over: no option of ser2net and no text above is called so');
}

function readValue(name: string, value: string, { options, line, texts, notes, place }: ReadWords): void {
  const trace = optionOfTrace[name];
  if (trace !== undefined) {
    const file = texts.get('TRACEFILE', value);
    if (file === undefined)
      notes.add(place, `${name}=${value}`, `is not carried over: no TRACEFILE above is called ${value}`);
    else options.push({ name: trace, value: file, place });
    return;
  }
  if (name === 'rs485') {
    const conf = texts.get('RS485CONF', value);
    if (conf === undefined)
      notes.add(place, `rs485=${value}`, `is not carried over: no RS485CONF above is called ${value}`);
    else line.push(`rs485=${conf}`);
    return;
  }
  if (solWord.test(`${name}=${value}`)) notes.add(place, name, 'is not carried over: Serial over LAN is not served');
  else options.push({ name: name.replace('tcp', 'net'), value, place });
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
