import { describe, expect, it } from 'vitest';
import type { Config } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { formatOf, importSer2net } from './import-ser2net.ts';
import { type NamedFiles, noFiles } from './statement.ts';

const services: NamedFiles = { ...noFiles, read: () => 'telnet 23/tcp\nmoxa 4001/tcp terminal # a server\n' };

function imported(text: string, files: NamedFiles = noFiles): Config & { notes: string[] } {
  const file = text.startsWith('%YAML') ? 'ser2net.yaml' : 'ser2net.conf';
  const { yaml, notes } = importSer2net([{ text, file, format: formatOf(text, file) }], files);
  const told = notes.map(({ line, what, problem }) => `${line}: ${what} ${problem}`);
  return { ...parseConfig(yaml, 'sercli.yaml'), notes: told };
}

describe('a line of ser2net.conf', () => {
  it('is a port with a raw accepter on all interfaces: that of the article', () => {
    const { ports, notes } = imported('3333:raw:0:/dev/ttyS0:115200,8DATABITS,NONE,1STOPBIT\n');
    expect(notes).toEqual([]);
    expect(ports).toMatchObject([
      {
        spec: {
          name: 'ttyS0',
          path: '/dev/ttyS0',
          settings: { baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 },
        },
        hangsUpOnClose: false,
        accepters: [
          { listen: [{ host: '::', tcpPort: 3333 }], protocol: 'raw', onBusy: 'refuse', maxSessions: 1, idleMs: 0 },
        ],
      },
    ]);
  });

  it.each([
    ['20108:raw:0:/dev/ttyACM0:115200 8DATABITS NONE 1STOPBIT', { baudRate: 115200 }],
    ['2001:raw:600:/dev/ttyUSB0:115200 NONE 1STOPBIT 8DATABITS XONXOFF LOCAL -RTSCTS', { flowControl: 'software' }],
    ['2001:raw:0:/dev/ttyS0:9600\tEVEN\t7DATABITS\t2STOPBITS', { parity: 'even', dataBits: 7, stopBits: 2 }],
    ['2001:raw:0:/dev/ttyS0:19200 even 7databits RTSCTS', { baudRate: 19200, parity: 'even', flowControl: 'hardware' }],
    ['2001:raw:0:/dev/ttyS0:9600O72 local', { parity: 'odd', dataBits: 7, stopBits: 2 }],
    ['2001:raw:0:/dev/ttyS0:', { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 }],
    ['2001:raw:0:/dev/ttyS0', { baudRate: 9600 }],
    ['2001:raw:0:/dev/ttyS0:300 MARK,-XONXOFF', { baudRate: 300, parity: 'mark' }],
  ])('%s sets the line', (line, settings) => {
    const { ports, notes } = imported(line);
    expect(notes).toEqual([]);
    expect(ports[0]?.spec.settings).toMatchObject(settings);
  });

  it.each([
    ['3333', { host: '::', tcpPort: 3333 }],
    ['127.0.0.1,2000', { host: '127.0.0.1', tcpPort: 2000 }],
    ['localhost,2000', { host: 'localhost', tcpPort: 2000 }],
    ['ipv4,tcp,2000', { host: '0.0.0.0', tcpPort: 2000 }],
    ['ipv6,::1,2000', { host: '::1', tcpPort: 2000 }],
    ['tcp,2000', { host: '::', tcpPort: 2000 }],
    ['terminal', { host: '::', tcpPort: 4001 }],
  ])('%s is where it listens', (networkPort, place) => {
    const { ports, notes } = imported(`${networkPort}:raw:0:/dev/ttyS0:9600`, services);
    expect(notes).toEqual([]);
    expect(ports[0]?.accepters[0]?.listen).toEqual([place]);
  });

  it.each([
    ['raw', '', 'raw'],
    ['telnet', '', 'telnet'],
    ['telnet', ' remctl', 'rfc2217'],
    ['telnet', ' remctl -remctl', 'telnet'],
  ])('%s with%s speaks %s', (state, option, protocol) => {
    expect(imported(`2000:${state}:0:/dev/ttyS0:9600${option}`).ports[0]?.accepters[0]?.protocol).toBe(protocol);
  });

  it('carries who is served, how many and for how long', () => {
    const options = 'max-connections=3 remaddr=10.0.0.1;10.0.0.2,0 kickolduser telnet_brk_on_sync';
    const { ports, notes } = imported(`2000:off:600:/dev/ttyS0:9600 ${options} HANGUP_WHEN_DONE`);
    expect(notes).toEqual([]);
    expect(ports).toMatchObject([
      {
        hangsUpOnClose: true,
        accepters: [
          {
            enabled: false,
            idleMs: 600_000,
            maxSessions: 3,
            onBusy: 'replace',
            allow: ['10.0.0.1', '10.0.0.2'],
            breakOnSync: true,
          },
        ],
      },
    ]);
  });

  it('goes on in the next line after a backslash', () => {
    const { ports, notes } = imported('# c\n2000:raw:0:\\\n/dev/ttyS0:9600 \\\nEVEN\nnonsense\n');
    expect(ports[0]?.spec).toMatchObject({ path: '/dev/ttyS0', settings: { parity: 'even' } });
    expect(notes).toMatchObject([expect.stringMatching(/^5: nonsense is not carried over/)]);
  });
});

describe('the directives of ser2net.conf', () => {
  it('name texts, devices and files, which lines below them use', () => {
    const { ports, notes } = imported(
      [
        'BANNER:hello:port \\p on \\d, \\o \\N [\\B]\\r\\n',
        'OPENSTR:on:on\\x41',
        'CLOSESTR:off:off',
        'SIGNATURE:sig:plant',
        'DEVICE:plc:/dev/serial/by-path/pci-0000:00:1d.0',
        'TRACEFILE:log:/var/log/\\o-\\Y',
        'RS485CONF:bus:0:5:rts_on_send',
        '127.0.0.1,2000:telnet:0:plc:9600 hello on off sig remctl tr=log tb=log tb-hexdump timestamp rs485=bus',
      ].join('\n'),
    );
    expect(notes).toEqual([]);
    expect(ports).toMatchObject([
      {
        spec: { name: '127.0.0.1-2000', path: '/dev/serial/by-path/pci-0000:00:1d.0' },
        rs485: { rtsOnSend: true, delayBeforeSendMs: 0, delayAfterSendMs: 5, rxDuringTx: false },
        traces: [{ file: '/var/log/plc-\\Y', data: 'received', hexdump: false, timestamps: true }],
        accepters: [
          {
            banner: 'port 127.0.0.1,2000 on /dev/serial/by-path/pci-0000:00:1d.0, plc 127.0.0.1,2000 [\\B]\\r\\n',
            openText: 'on\\x41',
            closeText: 'off',
            signature: 'plant',
          },
        ],
      },
    ]);
  });

  it('set and remove defaults for the lines below', () => {
    const { ports } = imported(
      [
        '2000:telnet:0:/dev/ttyS0:',
        'DEFAULT:speed:115200',
        'DEFAULT:remctl:true',
        'DEFAULT:max-connections:4',
        'DEFAULT:speed:300:serialdev',
        '2001:telnet:0:/dev/ttyS1:',
        'DELDEFAULT:speed:serialdev',
        '2002:telnet:0:/dev/ttyS2:EVEN -remctl',
      ].join('\n'),
    );
    expect(ports.map(({ spec }) => spec.settings.baudRate)).toEqual([9600, 300, 115200]);
    expect(ports.map(({ accepters }) => accepters[0]?.protocol)).toEqual(['telnet', 'rfc2217', 'telnet']);
    expect(ports.map(({ accepters }) => accepters[0]?.maxSessions)).toEqual([1, 4, 4]);
  });

  it('make a rotator of ports', () => {
    const { rotators, notes } = imported(
      '3001:raw:0:/dev/ttyS0:9600\n3002:raw:0:/dev/ttyS1:9600\nROTATOR:3000:3001 3002 3003\n',
    );
    expect(rotators).toMatchObject([
      { ports: ['ttyS0', 'ttyS1'], config: { listen: [{ tcpPort: 3000 }], protocol: 'raw', maxSessions: 2 } },
    ]);
    expect(notes).toEqual(['3: rotator 3000 goes without 3003, which is not carried over']);
  });

  it('keep one port for a device on several lines, with what each sets', () => {
    const { ports } = imported('3001:raw:0:/dev/ttyS0:9600\n3002:telnet:0:/dev/ttyS0:19200\n');
    expect(ports).toHaveLength(1);
    expect(ports[0]?.accepters).toMatchObject([
      { protocol: 'raw', settings: { baudRate: 9600, flowControl: 'none' } },
      { protocol: 'telnet', settings: { baudRate: 19200 } },
    ]);
  });

  it.each([
    ['CONTROLPORT:localhost,2000', '1: CONTROLPORT is not carried over'],
    ['5001:rawlp:10:/dev/lp0', '1: 5001 is not carried over: rawlp is for printers'],
    ['udp,3020:raw:0:/dev/ttyS0:9600', '1: connection udp,3020 is not carried over: UDP is not served'],
    ['2000:telnet:0:sol.lan -U a 10.0.0.1:', '1: connection 2000 is not carried over: Serial over LAN is not served'],
    ['2000:raw:0:/dev/ttyS0:9600 bogus', '1: bogus is not carried over: no option of ser2net'],
    ['2000:raw:0:/dev/ttyS0:9600 led-tx=led1', '1: led-tx is not carried over: LEDs are not switched'],
    ['2000:raw:0:/dev/ttyS0:9600 -LOCAL', '1: -LOCAL is not carried over: a line that hangs up'],
    [
      '2000:raw:0:/dev/ttyS0:9600 chardelay-scale=30',
      '1: chardelay-scale is not carried over: what the device sends is',
    ],
    ['2000:raw:0:/dev/ttyS0:9600 remaddr=nowhere', '1: remaddr lets nowhere in no more'],
    ['0:raw:0:/dev/ttyS0:9600', '1: connection 0 is not carried over: ports of inetd'],
    ['2000:raw:x:/dev/ttyS0:9600', '1: connection 2000 has no timeout any more'],
    ['1:raw:0:/dev/ttyS0:9600\n1:raw:0:/dev/ttyS1:9600', '2: connection 1 replaces the one above'],
    [
      'tcp,1:raw:0:/dev/ttyS0:9600\n1:raw:0:/dev/ttyS1:9600',
      '2: 1 is not carried over: TCP port 1 is that of tcp,1 above',
    ],
    ['2000:raw:0:/dev/ttyS0:9600 tr=missing', '1: tr=missing is not carried over: no TRACEFILE'],
  ])('%j is told: %s', (text, note) => {
    expect(imported(text).notes).toEqual(expect.arrayContaining([expect.stringContaining(note)]));
  });

  it('never lets everybody in where somebody was to be', () => {
    expect(imported('2000:raw:0:/dev/ttyS0:9600 remaddr=nowhere').ports).toEqual([]);
  });
});

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
