import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';

const file = 'sercli.yaml';

describe('parseConfig', () => {
  it.each(['', '# nothing\n', '---\n', 'ports:\nattachments:\n', '{}'])(
    'reads %j as a file that says nothing',
    (text) => {
      expect(parseConfig(text, file)).toEqual({ file, policy: {}, ports: [], attachments: [], rotators: [] });
    },
  );

  it('reads every key', () => {
    const text = `
name: SerialMachine
listen: ['192.168.1.7:7372', '[::1]:0']
hostNames: [serial.example.org, plc]
open: true
all: false
log: debug
keepOpen: false
lingerMs: 0
logBytes: 512k
onOverflow: gap
holdMs: 10000
graceMs: 600000
logMemory: 256MiB
sequences: { blink: dtr=on 1s dtr=off }
ports:
  plc:
    match: { serial: A50285BI, byId: 'usb-FTDI_*', path: '/dev/ttyUSB*', vendor: '0403', product: 'EA60' }
    settings: 9600,7E1
    fixed: true
    description: the PLC in hall 3
    keepOpen: true
    lingerMs: 5000
    logBytes: 67108864
    onOverflow: disconnect
    holdMs: 0
    graceMs: 0
    hupcl: false
    dtr: on
    rts: off
    lowLatency: false
    rs485: { rtsOnSend: off, delayAfterSendMs: 2 }
    sequences:
      mychip: dtr=off,rts=on 100ms rts=off
attachments:
  - address: SerialMachine/plc
    link: ~/dev/plc
    settings: 115200
    fixedSettings: true
    mode: '0660'
    owner: root
    group: dialout
    waitSlave: true
`;
    expect(parseConfig(text, file)).toEqual({
      file,
      rotators: [],
      name: 'SerialMachine',
      listen: [
        { host: '192.168.1.7', tcpPort: 7372 },
        { host: '::1', tcpPort: 0 },
      ],
      hostNames: ['serial.example.org', 'plc'],
      open: true,
      all: false,
      log: 'debug',
      logMemory: 268_435_456,
      sequences: { blink: 'dtr=on 1s dtr=off' },
      policy: {
        keepOpen: false,
        lingerMs: 0,
        logBytes: 524_288,
        onOverflow: 'gap',
        holdMs: 10_000,
        graceMs: 600_000,
      },
      ports: [
        {
          spec: {
            kind: 'matched',
            name: 'plc',
            match: { serial: 'A50285BI', byId: 'usb-FTDI_*', path: '/dev/ttyUSB*', vendor: '0403', product: 'ea60' },
            settings: { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 1 },
          },
          isFixed: true,
          description: 'the PLC in hall 3',
          policy: {
            keepOpen: true,
            lingerMs: 5000,
            logBytes: 67_108_864,
            onOverflow: 'disconnect',
            holdMs: 0,
            graceMs: 0,
          },
          hangsUpOnClose: false,
          outputs: { dtr: true, rts: false },
          accepters: [],
          lowLatency: false,
          rs485: { rtsOnSend: false, delayBeforeSendMs: 0, delayAfterSendMs: 2, rxDuringTx: false },
          sequences: { mychip: 'dtr=off,rts=on 100ms rts=off' },
        },
      ],
      attachments: [
        {
          address: { host: 'SerialMachine', tcpPort: 7372, carrier: 'stream', port: 'plc' },
          link: `${homedir()}/dev/plc`,
          settings: { baudRate: 115200 },
          isFixed: true,
          isOnDemand: true,
          mode: 0o660,
          owner: 'root',
          group: 'dialout',
        },
      ],
    });
  });

  it.each([
    ['/dev/ttyS0', { kind: 'device', path: '/dev/ttyS0', settings: {} }],
    ['/dev/ttyS0,9600', { kind: 'device', path: '/dev/ttyS0', settings: { baudRate: 9600 } }],
    ['{ device: "/dev/ttyS0,9600" }', { kind: 'device', path: '/dev/ttyS0', settings: { baudRate: 9600 } }],
    ['{ device: /dev/ttyS0, settings: 9600 }', { kind: 'device', path: '/dev/ttyS0', settings: { baudRate: 9600 } }],
    ['sim:modem', { kind: 'simulator', simulator: 'modem', settings: {} }],
    ['exec:sh -c "a, b"', { kind: 'program', command: 'sh -c "a, b"', settings: {} }],
  ])('reads the port %s', (text, spec) => {
    const [port] = parseConfig(`ports:\n  constructor: ${text}`, file).ports;
    expect(port).toEqual({
      spec: { ...spec, name: 'constructor' },
      isFixed: false,
      policy: {},
      outputs: {},
      accepters: [],
    });
  });

  it('reads settings by name, and one place to listen', () => {
    const settings = '{ baudRate: 250000, dataBits: 7, parity: even, stopBits: 1.5, flowControl: hardware }';
    const { listen, ports } = parseConfig(
      `listen: :7400\nports: { a: { device: /dev/a, settings: ${settings} } }`,
      file,
    );
    expect(listen).toEqual([{ host: '::', tcpPort: 7400 }]);
    expect(ports[0]?.spec.settings).toEqual({
      baudRate: 250000,
      dataBits: 7,
      parity: 'even',
      stopBits: 1.5,
      flowControl: 'hardware',
    });
  });

  it('follows aliases', () => {
    const text = 'ports:\n  a: { device: /dev/a, settings: &fast 921600 }\n  b: { device: /dev/b, settings: *fast }';
    expect(parseConfig(text, file).ports[1]?.spec.settings).toEqual({ baudRate: 921600 });
  });
});

it('is documented by an example that holds', () => {
  const page = readFileSync(new URL('../../../../apps/docs/reference/config.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, example = '']) => example);
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) expect(parseConfig(example, file)).toMatchObject({ file });
});
