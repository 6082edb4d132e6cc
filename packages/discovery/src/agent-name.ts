/** A label of a DNS name has 63 bytes at most (RFC 1035 section 2.3.4). */
const maxBytes = 63;
/** Of these, what a number that tells agents apart may take: `-9999`. */
const numberBytes = 5;
/** What cannot stand in the host of an address, parts DNS labels, or cannot be seen. */
const unfit = /[\s\p{C}/:[\]%@.]+/gu;

const encoder = new TextEncoder();

/** Whether an agent can have this name: it stands in addresses and is one DNS label. */
export function isAgentName(text: string): boolean {
  return text !== '' && !text.startsWith('-') && text.search(unfit) < 0 && encoder.encode(text).length <= maxBytes;
}

/** The name nearest to `text` that an agent can have. */
export function toAgentName(text: string): string {
  const fit = text.normalize('NFC').replace(unfit, '-').replace(/^-+/, '');
  return shorten(fit).replace(/-+$/, '') || 'agent';
}

/** What an agent is called that wants `name` when the names before are taken: `name`, `name-2`, `name-3`. */
export function numberedName(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

/** DNS compares names without regard to the case of ASCII letters (RFC 1035 section 2.3.3). */
export function nameKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function shorten(text: string): string {
  let room = maxBytes - numberBytes;
  let short = '';
  for (const character of text) {
    room -= encoder.encode(character).length;
    if (room < 0) break;
    short += character;
  }
  return short;
}
