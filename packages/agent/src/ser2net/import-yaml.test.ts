import { describe, expect, it } from 'vitest';
import { importSer2net } from './import-ser2net.ts';
import type { NamedFiles } from './statement.ts';
import { imported } from './testing/imported.ts';

describe('ser2net.yaml', () => {
  const debian = [
    '%YAML 1.1',
    '---',
    'define: &banner \\r\\nport \\p device \\d [\\B]\\r\\n',
    'define: &base "/dev/serial/by-path/pci-0000:00:1d.0"',
    'default:',
    '  name: local',
    '  value: true',
    '  class: serialdev',
    'connection: &con1',
    '    accepter: tcp,localhost,2000',
    '    enable: on',
    '    timeout: 30',
    '    options:',
    '      banner: *banner',
    '      kickolduser: true',
    '      telnet-brk-on-sync: true',
    '      mdns: true',
    '      mdns-txt: "a=b"',
    '      mdns-txt: "c=d"',
    '    connector: serialdev,',
    '              /dev/ttyS0,',
    '              9600n81,local',
    'connection: &con2',
    '    accepter: telnet(rfc2217,mode=server),tcp,2001',
    '    connector: keepopen(retry-time=2000),serialdev(nouucplock=true),*(base)-usb-0:1.8, 115200e72 rtscts dtr=off',
    "    trace-both: '/var/log/trace-\\p'",
    'rotator: &rot',
    '  accepter: telnet,tcp,192.168.27.3,2020',
    '  connections: [ *con1,',
    '     *con2 ]',
  ].join('\n');

  it('version 1 is read: repeated keys, aliases in texts, lines that go on, options at the wrong place', () => {
    const { ports, rotators, notes } = imported(debian);
    expect(notes).toEqual([]);
    expect(ports).toMatchObject([
      {
        spec: { name: 'ttyS0', path: '/dev/ttyS0', settings: { baudRate: 9600 } },
        accepters: [
          {
            listen: [{ host: 'localhost', tcpPort: 2000 }],
            idleMs: 30_000,
            onBusy: 'replace',
            breakOnSync: true,
            banner: '\\r\\nport tcp,localhost,2000 device serialdev, /dev/ttyS0, 9600n81,local [\\B]\\r\\n',
            advertise: { service: 'iostream', name: 'con1', text: { a: 'b', c: 'd' } },
          },
        ],
      },
      {
        spec: {
          name: 'con2',
          path: '/dev/serial/by-path/pci-0000:00:1d.0-usb-0:1.8',
          settings: { baudRate: 115200, parity: 'even', dataBits: 7, stopBits: 2, flowControl: 'hardware' },
        },
        policy: { keepOpen: true },
        takesLockFile: false,
        outputs: { dtr: false },
        traces: [{ file: '/var/log/trace-telnet(rfc2217,mode=server),tcp,2001', data: 'both' }],
        accepters: [{ protocol: 'rfc2217', signature: 'ser2net' }],
      },
    ]);
    expect(rotators).toMatchObject([
      { ports: ['ttyS0', 'con2'], config: { listen: [{ host: '192.168.27.3', tcpPort: 2020 }], protocol: 'telnet' } },
    ]);
  });

  it('version 2 is read: names are keys, several documents', () => {
    const text = [
      '%YAML 1.2',
      '---',
      'defines:',
      '  hello: "hello \\\\N\\\\r\\\\n"',
      'defaults:',
      '  - name: speed',
      '    value: 115200n81',
      '    class: serialdev',
      'connections:',
      '  one:',
      '    accepter: tcp,2000',
      '    connector: serialdev,/dev/ttyS0,local',
      '    options: { banner: "=(hello)" }',
      '---',
      'connections:',
      '  two:',
      '    accepter: tcp,2001',
      '    connector: echo',
      'rotators:',
      '  rot: { accepter: "tcp,2002", connections: [ one, two ] }',
    ].join('\n');
    const { ports, rotators, notes } = imported(text);
    expect(notes).toEqual([]);
    expect(ports).toMatchObject([
      { spec: { name: 'ttyS0', settings: { baudRate: 115200 } }, accepters: [{ banner: 'hello one\\r\\n' }] },
      { spec: { kind: 'simulator', simulator: 'echo' } },
    ]);
    expect(rotators).toMatchObject([{ ports: ['ttyS0', 'two'] }]);
  });

  it('includes files, and puts in what they hold', () => {
    const files: NamedFiles = {
      find: (pattern) => (pattern === '/etc/ser2net.d/*.yaml' ? ['/etc/ser2net.d/a.yaml'] : []),
      read: (path) =>
        path === '/etc/port' ? '2000\n' : 'connection: &a\n  accepter: tcp,*{/etc/port}\n  connector: bad',
    };
    const { notes } = importSer2net(
      [{ text: 'include: /etc/ser2net.d/*.yaml', file: 'x.yaml', format: 'yaml' }],
      files,
    );
    expect(notes).toMatchObject([{ file: '/etc/ser2net.d/a.yaml', line: 3, what: 'connection a' }]);
  });

  it.each([
    [
      'connection: &a\n  accepter: telnet,ssl,tcp,2000\n  connector: echo',
      '2: connection a is not carried over: it would be',
    ],
    [
      'connection: &a\n  accepter: sctp,2000\n  connector: echo',
      '2: connection a is not carried over: SCTP is not served',
    ],
    ['connection: &a\n  accepter: tcp,2000', '1: connection a is not carried over: it has no connector'],
    [
      'connection: &a\n  accepter: tcp,2000\n  connector: ipmisol,lan x',
      '3: connection a is not carried over: Serial over',
    ],
    [
      'connection: &a\n  accepter: tcp,2000\n  connector: echo\n  options:\n    closeon: x',
      '5: closeon is not carried over',
    ],
    ['admin:\n  accepter: tcp,2000', '1: admin is not carried over'],
    ['led: &led1\n  driver: sysfs', '1: led is not carried over'],
    ['bogus: 1', '1: bogus is not carried over: ser2net has no such key'],
    [
      'connection: &a\n  accepter: tcp,2000\n  connector: serialdev,/dev/ttyS0,*(nobody)',
      '3: alias nobody is left out',
    ],
  ])('%j is told: %s', (text, note) => {
    expect(imported(`%YAML 1.1\n---\n${text}`).notes.join('\n')).toContain(
      note.replace(/^\d+/, (line) => `${Number(line) + 2}`),
    );
  });

  it('that is no YAML is an error with its line', () => {
    expect(() => imported('%YAML 1.1\n---\nconnection: [\n')).toThrow(/ser2net.yaml line \d+: the file is not YAML/);
  });
});
