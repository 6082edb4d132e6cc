import { SercliError } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { parseConfig } from '../config/parse-config.ts';
import { importSer2net, type Ser2netText } from './import-ser2net.ts';
import { noFiles } from './statement.ts';

/** Words of both formats, so that what is made of them gets far into the readers. */
const words = [
  ...[
    'BANNER:a:',
    'DEVICE:d:/dev/x',
    'TRACEFILE:t:/tmp/x',
    'ROTATOR:1:2 3',
    'DEFAULT:speed:9600',
    'CONTROLPORT:1',
    '#',
  ],
  ...[
    ':raw:',
    ':telnet:',
    ':off:',
    '0:',
    '3333',
    '127.0.0.1,',
    'ipv6,::1,',
    '/dev/ttyS0:',
    '9600',
    'NONE ',
    'remctl ',
    'a ',
  ],
  ...[
    'remaddr=1.2.3.4;!',
    'tr=t ',
    'hexdump ',
    'rs485=',
    'max-connections=',
    '99999999999',
    '-',
    '\\',
    '\\\n',
    '\\x',
    '\\d',
  ],
  ...[
    'connection: &a',
    'connections:',
    'define: &b ',
    'defines:',
    'rotator: &r',
    'default:',
    'include: ',
    'led: ',
    '---\n',
  ],
  ...[
    '\n  accepter: ',
    '\n  connector: ',
    '\n  options:',
    '\n    banner: ',
    '\n    mdns: true',
    '\n    mdns-txt: a=b',
    '\n',
  ],
  ...[
    'tcp,',
    'telnet(rfc2217),',
    'serialdev,',
    'keepopen(',
    ')',
    '(',
    '*a',
    '*(b)',
    '*{f}',
    '*(*',
    '=(b)',
    '[',
    ']',
    '{',
    '}',
  ],
  ...['"', "'", ': ', '? ', '- ', '|', '>', '!!x ', '%YAML 1.1\n---\n', '\t', '  ', '\r', '\0', '\u{1f50c}', '\ud800'],
];

const text = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 24 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 64 }) },
);

/** The sercli.yaml of a text; nothing where the text is an error, which tells its line. */
function read(format: Ser2netText['format'], written: string): string {
  try {
    const { yaml, notes } = importSer2net([{ text: written, file: 'ser2net', format }], noFiles);
    if (!notes.every(({ line }) => line > 0)) throw new Error('a note has no line');
    return yaml;
  } catch (error) {
    if (!(error instanceof SercliError) || error.code !== 'bad-config') throw error;
    if (!/line [1-9]/.test(error.message)) throw error;
    return '';
  }
}

describe.each(['lines', 'yaml'] as const)('any text as %s', (format) => {
  it('is read, or is an error with its line', () => {
    fc.assert(
      fc.property(text, (written) => void read(format, written)),
      { numRuns: 100_000 },
    );
  }, 120_000);

  it('becomes a sercli.yaml that an agent reads', () => {
    fc.assert(
      fc.property(text, (written) => void parseConfig(read(format, written), 'sercli.yaml')),
      { numRuns: 5000 },
    );
  }, 60_000);
});
