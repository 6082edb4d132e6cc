import { describe, expect, it } from 'vitest';
import { type NamedFiles, noFiles } from './statement.ts';
import { imported } from './testing/imported.ts';

const services: NamedFiles = { ...noFiles, read: () => 'telnet 23/tcp\nmoxa 4001/tcp terminal # a server\n' };

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
