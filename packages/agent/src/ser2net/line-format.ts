import { connectionLine } from './connection-line.ts';
import { NamedTexts, namedTexts } from './named-texts.ts';
import type { Notes, PlacedText, Statement } from './statement.ts';

/**
 * Reads ser2net.conf, one port a line: what ser2net 2.x to 4.4 have read. What no version reads is left out and noted.
 */
export function readLineFormat(text: string, notes: Notes): Statement[] {
  const texts = new NamedTexts();
  return logicalLines(text).flatMap((line) => readLine(line, texts, notes));
}

/** Lines that end in a backslash go on in the next one. */
function logicalLines(text: string): PlacedText[] {
  const lines: PlacedText[] = [];
  let parts: string[] = [];
  let first = 1;
  for (const [index, physical] of text.split('\n').entries()) {
    const line = physical.endsWith('\r') ? physical.slice(0, -1) : physical;
    if (parts.length === 0) first = index + 1;
    const goesOn = line.endsWith('\\');
    parts.push(goesOn ? line.slice(0, -1) : line);
    if (goesOn) continue;
    lines.push({ text: parts.join(''), line: first });
    parts = [];
  }
  if (parts.length > 0) lines.push({ text: parts.join(''), line: first });
  return lines;
}

function readLine({ text, line }: PlacedText, texts: NamedTexts, notes: Notes): Statement[] {
  if (text.trim() === '' || text.startsWith('#')) return [];
  const [, directive = '', rest = ''] = /^([A-Z0-9]+):(.*)$/s.exec(text) ?? [];
  const place = { text, line };
  if (namedTexts.includes(directive)) {
    const colon = rest.indexOf(':');
    if (colon < 0) {
      notes.add(place, directive, 'is not carried over: nothing stands behind its name; write NAME:TEXT');
      return [];
    }
    texts.set(directive, rest.slice(0, colon), rest.slice(colon + 1));
    return [];
  }
  switch (directive) {
    case 'CONTROLPORT':
      notes.add(
        place,
        'CONTROLPORT',
        'is not carried over: who uses which port is told by "sercli who" and "sercli ls"',
      );
      return [];
    case 'DEFAULT':
    case 'DELDEFAULT':
      return readDefault(directive, rest, place, notes);
    case 'ROTATOR':
      return readRotator(rest, place, notes);
    default:
      return connectionLine(place, texts, notes);
  }
}

function readDefault(directive: string, rest: string, place: PlacedText, notes: Notes): Statement[] {
  const [name = '', ...others] = rest.split(':');
  if (name === '') {
    notes.add(place, directive, 'is not carried over: its name is missing');
    return [];
  }
  const [value, className] = directive === 'DEFAULT' ? others : [undefined, others[0]];
  return [{ kind: directive === 'DEFAULT' ? 'default' : 'delete-default', name, value, className, place }];
}

/** `ROTATOR:NETWORK PORT:PORT PORT`, with the ports as they stand at the beginning of their lines. */
function readRotator(rest: string, place: PlacedText, notes: Notes): Statement[] {
  const colon = rest.lastIndexOf(':');
  const name = rest.slice(0, Math.max(colon, 0));
  const connections = rest
    .slice(colon + 1)
    .split(/[;\s]+/)
    .filter((port) => port !== '');
  if (name === '' || connections.length === 0) {
    notes.add(place, 'ROTATOR', 'is not carried over: write ROTATOR:NETWORK PORT:PORT PORT');
    return [];
  }
  const { line } = place;
  const accepter = { text: name, line };
  return [
    { kind: 'rotator', name, place, accepter, connections: connections.map((text) => ({ text, line })), options: [] },
  ];
}
