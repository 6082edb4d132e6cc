import { SercliError } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';

const file = 'sercli.yaml';

function errorOf(text: string): SercliError {
  try {
    parseConfig(text, file);
  } catch (error) {
    if (error instanceof SercliError) return error;
    throw error;
  }
  throw new Error(`nothing is wrong with:\n${text}`);
}

/** The text of one problem: where it is, and what is said of it. */
const problems: readonly (readonly [what: string, text: string, message: string])[] = [
  ['broken YAML', 'name: a\nopen: b: c', 'line 2, column 7: the file is not YAML: Nested mappings are not allowed'],
  ['a tab', 'ports:\n\ta: /dev/a', 'line 2, column 1: the file is indented with a tab'],
  ['two documents', 'name: a\n---\nname: b', 'line 2, column 1: the file holds a second document'],
  ['a tag', 'name: a\nlog: !!js/function x', 'line 2, column 6: the file has a tag'],
  ['a tag that is known elsewhere', 'name: !!binary aGk=', 'line 1, column 7: the file has a tag'],
  ['an alias of nothing', 'name: a\nlog: *b', 'line 2, column 6: the file has an alias that cannot be followed'],
  ['no mapping', '- a', 'line 1, column 1: the file must be a mapping, and is a sequence'],
  ['an unknown key', 'nmae: a', 'line 1, column 1: nmae is not a key; did you mean name?'],
  [
    'another spelling',
    'ports:\n  a:\n    keep-open: true',
    'line 3, column 5: ports.a.keep-open is not a key; did you mean keepOpen?',
  ],
  ['a key like none', 'speed: 1', 'line 1, column 1: speed is not a key; there are name, listen,'],
  ['an inherited key', 'constructor: 1', 'line 1, column 1: constructor is not a key'],
  ['a merge key', '<<: { name: a }', 'line 1, column 1: << is not a key'],
  ['a key twice', 'name: a\nlog: info\nname: b', 'line 3, column 1: name is given twice; it stands on line 1 already'],
  ['a port twice', 'ports:\n  a: sim:echo\n  a: sim:echo', 'line 3, column 3: ports.a is given twice'],
  ['an empty key', 'name:\nlog: info', 'line 1, column 6: name must be a name without spaces'],
  [
    'a host name with a TCP port',
    "hostNames: ['serial.example.org:7372']",
    'line 1, column 13: hostNames[0] must be a host name as serial.example.org, and is "serial.example.org:7372"',
  ],
  ['a name with a space', 'name: a b', 'line 1, column 7: name must be a name without spaces, colons'],
  [
    'a number for text',
    'name: 7',
    "line 1, column 7: name must be a name without spaces, colons, slashes, brackets, at signs and percent signs; write it in quotes: '7'",
  ],
  ['text for a flag', 'open: yes', 'line 1, column 7: open must be true or false, and is "yes"'],
  ['no level', 'log: loud', 'line 1, column 6: log must be one of debug, info, warn, error, and is "loud"'],
  [
    'no number',
    'lingerMs: 5s',
    'line 1, column 11: lingerMs must be a whole number of milliseconds from 0 to 86400000, and is "5s"',
  ],
  ['a number that is too high', 'lingerMs: 86400001', 'line 1, column 11: lingerMs must be a whole number'],
  [
    'no size',
    'logBytes: 4MB',
    'line 1, column 11: logBytes cannot be read: "4MB" is no number of bytes; write a whole',
  ],
  ['a size that is a list', 'logMemory: [1]', 'line 1, column 12: logMemory must be a number of bytes as 4MiB'],
  [
    'a size that is too small',
    'ports:\n  a: { device: /dev/a, logBytes: 64k }',
    'line 2, column 34: ports.a.logBytes must be from 256KiB to 64GiB, and is 64KiB',
  ],
  ['memory for no log', 'logMemory: 1MiB', 'line 1, column 12: logMemory must be from 4MiB to 64GiB, and is 1MiB'],
  [
    'a log that is larger than all logs',
    'logMemory: 64MiB\nports:\n  a: { device: /dev/a, logBytes: 65MiB }',
    'line 3, column 34: ports.a.logBytes is 65MiB, and all logs together have 64MiB; make it smaller, or say a larger logMemory',
  ],
  [
    'a log that is larger than all logs are unless something is said',
    'logBytes: 134217729',
    'line 1, column 11: logBytes is 134217729, and all logs together have 128MiB',
  ],
  ['an overflow', 'onOverflow: drop', 'line 1, column 13: onOverflow must be one of gap, disconnect, and is "drop"'],
  ['a time with a unit', 'graceMs: 10min', 'line 1, column 10: graceMs must be a whole number of milliseconds'],
  [
    'a time that is below zero',
    'ports:\n  a: { device: /dev/a, holdMs: -1 }',
    'line 2, column 32: ports.a.holdMs must be a whole number of milliseconds from 0 to 86400000, and is -1',
  ],
  [
    'a delay of RS-485 that is too long',
    'ports:\n  a: { device: /dev/a, rs485: { delayAfterSendMs: 101 } }',
    'line 2, column 51: ports.a.rs485.delayAfterSendMs must be a whole number of milliseconds from 0 to 100, and is 101',
  ],
  [
    'a key for all ports below one',
    'ports:\n  a: { device: /dev/a, logMemory: 64MiB }',
    'line 2, column 24: ports.a.logMemory is not a key',
  ],
  [
    'a place to listen',
    'listen:\n  - :1\n  - a:b',
    'line 3, column 5: listen[1] cannot be read: "a:b" is not an address',
  ],
  [
    'nowhere to listen',
    'listen:',
    'line 1, column 8: listen must be where to listen, as 192.168.1.7:7372, or a list, and is empty',
  ],
  ['a list of ports', 'ports: [/dev/a]', 'line 1, column 8: ports must be a mapping of names, and is a sequence'],
  ['the name of a port', 'ports:\n  a b: sim:echo', 'line 2, column 3: ports.a b is no name; write letters, digits'],
  ['a port of nothing', 'ports:\n  a:', 'line 2, column 5: ports.a must be a device, or a mapping, and is empty'],
  ['a port without device', 'ports:\n  a: {}', 'line 2, column 6: ports.a has no device; name one with device'],
  [
    'a port with device and match',
    'ports:\n  a: { device: /dev/a, match: { serial: b } }',
    'line 2, column 6: ports.a has both device and match',
  ],
  ['a match of everything', 'ports:\n  a: { match: {} }', 'line 2, column 15: ports.a.match matches every device'],
  [
    'a device',
    'ports:\n  a: ttyS0',
    'line 2, column 6: ports.a cannot be read: "ttyS0" does not describe a port: "ttyS0" is no path; did you mean /dev/ttyS0?',
  ],
  [
    'settings behind a device',
    'ports:\n  a: /dev/a,fast',
    'line 2, column 6: ports.a cannot be read: "/dev/a,fast" does not describe a port',
  ],
  [
    'a line sequence that sets no line',
    'sequences:\n  chip: dtr=off 100ms dsr=on',
    'line 2, column 9: sequences.chip cannot be read: "dtr=off 100ms dsr=on" is no line sequence: "dsr=on" at character 15',
  ],
  [
    'a sequence with a name that looks like one',
    'sequences:\n  10ms: dtr=on',
    'line 2, column 3: sequences.10ms is no name',
  ],
  [
    'settings twice',
    'ports:\n  a: { device: "/dev/a,9600", settings: 1200 }',
    'line 2, column 6: ports.a has its settings twice',
  ],
  [
    'settings',
    'ports:\n  a:\n    device: /dev/a\n    settings: 9600,9Z1',
    'line 4, column 15: ports.a.settings cannot be read: "9600,9Z1" are not line settings: "9Z1"',
  ],
  [
    'a setting',
    'ports:\n  a:\n    device: /dev/a\n    settings:\n      parity: evn',
    'line 5, column 15: ports.a.settings.parity must be one of none, even, odd, mark, space, and is "evn"',
  ],
  [
    'a level',
    'ports:\n  a: { device: /dev/a, dtr: true }',
    'line 2, column 29: ports.a.dtr must be one of on, off, and is true',
  ],
  [
    'an id without quotes',
    'ports:\n  a: { match: { vendor: 0403 } }',
    "line 2, column 25: ports.a.match.vendor must be four hexadecimal digits; write it in quotes: '0403'",
  ],
  [
    'an id',
    "ports:\n  a: { match: { vendor: '403' } }",
    'line 2, column 25: ports.a.match.vendor must be four hexadecimal digits, and is "403"',
  ],
  [
    'a path',
    'ports:\n  a: { match: { path: ttyUSB* } }',
    'line 2, column 23: ports.a.match.path must be a path as /dev/ttyUSB*',
  ],
  [
    'a long description',
    `ports:\n  a: { device: /dev/a, description: ${'x'.repeat(257)} }`,
    `ports.a.description must be text of at most 256 characters, and is "${'x'.repeat(60)}…"`,
  ],
  [
    'one device twice',
    'ports:\n  a: /dev/a\n  b: { device: /dev/a }',
    'line 3, column 3: ports.b has the same device as ports.a on line 2',
  ],
  [
    'one device by path and by match',
    'ports:\n  a: /dev/a\n  b: { match: { path: /dev/a } }',
    'line 3, column 3: ports.b has the same device',
  ],
  [
    'one match twice',
    "ports:\n  a: { match: { serial: s, vendor: '00aF' } }\n  b: { match: { vendor: '00Af', serial: s } }",
    'line 3, column 3: ports.b has the same device as ports.a on line 2',
  ],
  ['an attachment without address', 'attachments:\n  - link: /a', 'line 2, column 5: attachments[0] has no address'],
  [
    'an address',
    'attachments:\n  - address: ttyS0',
    'line 2, column 14: attachments[0].address cannot be read: "ttyS0" is not an address: it names no port',
  ],
  [
    'a relative link',
    'attachments:\n  - { address: a/b, link: dev/b }',
    'line 2, column 27: attachments[0].link must be an absolute path',
  ],
  [
    'a mode',
    'attachments:\n  - { address: a/b, mode: rw }',
    'line 2, column 27: attachments[0].mode must be a file mode',
  ],
  [
    'a mode without quotes',
    'attachments:\n  - { address: a/b, mode: 0660 }',
    "attachments[0].mode must be a file mode of three octal digits, as 0660; write it in quotes: '0660'",
  ],
  [
    'one port attached twice',
    "attachments:\n  - address: a/b\n  - address: 'a:7372/b'",
    'line 3, column 5: attachments[1] attaches the same port as attachments[0] on line 2',
  ],
  [
    'one link twice',
    'attachments:\n  - { address: a/b, link: /l }\n  - { address: a/c, link: /l }',
    'line 3, column 5: attachments[1] has the same link as attachments[0] on line 2',
  ],
];

describe('a problem', () => {
  it.each(problems)('%s is told with its place', (_what, text, message) => {
    const error = errorOf(text);
    expect(error.message.startsWith(`${file} line `)).toBe(true);
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: 'bad-config', exit: 2, fields: { file } });
  });

  it('comes with all others, in the order of the file', () => {
    const error = errorOf('ports:\n  a: x\n  b: /dev/c\n  c: /dev/c\nlog: 1\nnam: b');
    expect(error.message.split('\n').map((line) => /line \d+, column \d+: \S+/.exec(line)?.[0])).toEqual([
      'line 2, column 6: ports.a',
      'line 4, column 3: ports.c',
      'line 5, column 6: log',
      'line 6, column 1: nam',
    ]);
    const { errors } = error.cause as AggregateError;
    expect(errors.map(({ fields }: SercliError<'bad-config'>) => [fields.place, fields.key])).toEqual([
      ['line 2, column 6', 'ports.a'],
      ['line 4, column 3', 'ports.c'],
      ['line 5, column 6', 'log'],
      ['line 6, column 1', 'nam'],
    ]);
  });

  it('is counted, not told, where there are too many', () => {
    const lines = errorOf(Array.from({ length: 100 }, (_, index) => `k${index}: 1`).join('\n')).message.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe('sercli.yaml has 80 more problems');
  });
});
