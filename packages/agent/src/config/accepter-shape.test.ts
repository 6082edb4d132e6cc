import { describe, expect, it } from 'vitest';
import { type AccepterConfig, accepterOf } from '../accepters/accepter-config.ts';
import { parseConfig } from './parse-config.ts';

function acceptersOf(tcp: unknown): readonly AccepterConfig[] {
  const config = parseConfig(JSON.stringify({ ports: { ttyS0: { device: '/dev/ttyS0', tcp } } }), 'sercli.yaml');
  return config.ports[0]?.accepters ?? [];
}

const loopback = { host: '127.0.0.1', tcpPort: 3333 };
const everywhere = { host: '::', tcpPort: 3333 };

describe('accepters of a port', () => {
  it.each([
    [3333, accepterOf(loopback)],
    ['3333', accepterOf(loopback)],
    [':3333', accepterOf(everywhere)],
    ['*:3333,raw', accepterOf(everywhere, { protocol: 'raw' })],
    ['192.168.1.7:3333, rfc2217', accepterOf({ host: '192.168.1.7', tcpPort: 3333 }, { protocol: 'rfc2217' })],
    ['[::1]:3333', accepterOf({ host: '::1', tcpPort: 3333 })],
    [{ listen: 3333 }, accepterOf(loopback)],
    [{ listen: ':3333', onBusy: 'share' }, accepterOf(everywhere, { onBusy: 'share' })],
    [{ listen: [3333, ':3333'] }, accepterOf([loopback, everywhere])],
  ])('%j is one', (tcp, accepter) => {
    expect(acceptersOf(tcp)).toEqual([accepter]);
  });

  it('are several in a list, in either form', () => {
    expect(acceptersOf([3333, { listen: 3334, protocol: 'telnet' }])).toMatchObject([
      { listen: [loopback], protocol: 'auto', remoteControl: true },
      { listen: [{ tcpPort: 3334 }], protocol: 'telnet', remoteControl: false },
    ]);
    expect(acceptersOf([])).toEqual([]);
  });

  it('have as many clients as may get along: one alone, or sixteen', () => {
    const counts = ['refuse', 'replace', 'monitor', 'share'].map(
      (onBusy) => acceptersOf({ listen: 3333, onBusy })[0]?.maxSessions,
    );
    expect(counts).toEqual([1, 1, 16, 16]);
    expect(acceptersOf({ listen: 3333, onBusy: 'share', maxSessions: 3 })[0]?.maxSessions).toBe(3);
  });

  it('are told with all that can be said of them', () => {
    const options = {
      protocol: 'rfc2217',
      settings: { baudRate: 9600 },
      onBusy: 'replace',
      maxSessions: 2,
      idleMs: 60_000,
      pulseDtrMs: 100,
      paceBytesPerSecond: 960,
      remoteControl: false,
      breakOnSync: true,
      signature: 'plant',
      banner: 'port \\p\\r\\n',
      openText: 'on',
      closeText: 'off',
      enabled: false,
    };
    const advertise = { service: 'iostream', name: 'PLC', text: { place: 'hall 3' } };
    expect(acceptersOf({ listen: 3333, ...options, allow: '10.0.0.0/8', advertise })).toEqual([
      { listen: [loopback], ...options, allow: ['10.0.0.0/8'], advertise },
    ]);
    expect(acceptersOf({ listen: 3333, allow: ['10.0.0.1', '2001:db8::/32'], advertise: 'zwave' })).toMatchObject([
      { allow: ['10.0.0.1', '2001:db8::/32'], advertise: { service: 'zwave', text: {} } },
    ]);
    const zigbee = { service: 'zigbee-coordinator', radioType: 'ezsp', text: { serial_number: '17' } };
    expect(acceptersOf({ listen: 3333, advertise: zigbee })[0]?.advertise).toEqual({
      service: 'zigbee-coordinator',
      text: { radio_type: 'ezsp', serial_number: '17' },
    });
  });

  it.each([
    ['localhost', 'its TCP port is missing'],
    ['3333,serial', '"serial" is no protocol of an accepter; give one of auto, raw, telnet, rfc2217, nullmodem'],
    ['70000', 'a TCP port is a number from 0 to 65535'],
    ['fe80::1:3333', 'an IPv6 address stands in square brackets'],
    [{ protocol: 'raw' }, 'ports.ttyS0.tcp has no listen; add one, as listen: 3333'],
    [[3333, { listen: 3334, protocl: 'raw' }], 'ports.ttyS0.tcp[1].protocl is not a key; did you mean protocol?'],
    [{ listen: 3333, allow: '10.0.0.0/33' }, 'is no address and no network'],
    [{ listen: 3333, allow: ['fe80::1', 'fe80::/129'] }, 'ports.ttyS0.tcp.allow[1] is no address and no network'],
    [{ listen: 3333, maxSessions: 0 }, 'must be a whole number of sessions from 1 to 64'],
    [{ listen: 3333, advertise: 'zigbee-coordinator' }, 'has no radioType'],
    [{ listen: 3333, advertise: { service: 'zwave', radioType: 'znp' } }, 'has a radioType'],
    [{ listen: 3333, advertise: { name: 'PLC' } }, 'does not say as what'],
    [{ listen: 3333, protocol: 'nullmodem', advertise: 'iostream' }, 'speaks nullmodem'],
    [[3333, 3333], 'ports.ttyS0 has an accepter on the same TCP port as ports.ttyS0'],
  ])('%j is told to be wrong', (tcp, problem) => {
    expect(() => acceptersOf(tcp)).toThrow(problem);
  });
});
