import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AgentAddress,
  formatAgentAddress,
  formatPortAddress,
  type PortAddress,
  parseAgentAddress,
  parsePortAddress,
  portNamePattern,
} from './address.ts';
import { SercliError } from './errors.ts';

const hostNames = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/);
const zones = fc.stringMatching(/^%[a-z][a-z0-9.-]{0,14}$/);
const hosts = fc.oneof(
  hostNames,
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV6(), zones).map(([host, zone]) => host + zone),
);
const agents: fc.Arbitrary<AgentAddress> = fc.record({
  host: hosts,
  tcpPort: fc.integer({ min: 1, max: 65_535 }),
  carrier: fc.constantFrom('stream', 'websocket'),
});
const ports = fc.stringMatching(portNamePattern);

describe('addresses', () => {
  it.each<[string, PortAddress]>([
    ['SerialMachine/ttyS0', { host: 'SerialMachine', tcpPort: 7372, carrier: 'stream', port: 'ttyS0' }],
    ['10.0.0.7:7400/ttyUSB0', { host: '10.0.0.7', tcpPort: 7400, carrier: 'stream', port: 'ttyUSB0' }],
    ['[fe80::1%eth0]:7400/a', { host: 'fe80::1%eth0', tcpPort: 7400, carrier: 'stream', port: 'a' }],
    ['[::1]/ttyS0', { host: '::1', tcpPort: 7372, carrier: 'stream', port: 'ttyS0' }],
    ['wss://lab.example:443/ttyS0', { host: 'lab.example', tcpPort: 443, carrier: 'websocket', port: 'ttyS0' }],
  ])('reads %s', (text, address) => {
    expect(parsePortAddress(text)).toEqual(address);
  });

  it('reads an agent with and without the slash that a URL ends with', () => {
    expect(parseAgentAddress('wss://lab.example/')).toEqual(parseAgentAddress('wss://lab.example'));
  });

  it('reads back every agent and every port that it writes', () => {
    fc.assert(
      fc.property(agents, ports, (agent, port) => {
        expect(parseAgentAddress(formatAgentAddress(agent))).toEqual(agent);
        expect(parsePortAddress(formatPortAddress({ ...agent, port }))).toEqual({ ...agent, port });
      }),
    );
  });

  it.each([
    ['ttyS0', 'it names no port'],
    ['host/', 'the name of the port is missing'],
    ['/ttyS0', 'the host is missing'],
    ['host/tty/S0', 'cannot be the name of a port'],
    ['host/..', 'cannot be the name of a port'],
    ['host/.', 'cannot be the name of a port'],
    ['host/tty S0', 'cannot be the name of a port'],
    [`host/${'x'.repeat(65)}`, 'cannot be the name of a port'],
    ['fe80::1/ttyS0', 'an IPv6 address stands in square brackets'],
    ['[fe80::1/ttyS0', 'is not a host with an optional TCP port'],
    ['[fe80::1%]/ttyS0', 'is not a host with an optional TCP port'],
    ['[host]/ttyS0', 'is not a host with an optional TCP port'],
    ['user@host/ttyS0', 'is not a host with an optional TCP port'],
    ['host:port/ttyS0', 'is not a host with an optional TCP port'],
    ['host:/ttyS0', 'is not a host with an optional TCP port'],
    ['host:0/ttyS0', 'a TCP port is a number from 1 to 65535'],
    ['host:65536/ttyS0', 'a TCP port is a number from 1 to 65535'],
    ['https://host/ttyS0', 'cannot be the name of a port'],
  ])('refuses the port %s', (text, reason) => {
    expect(() => parsePortAddress(text)).toThrowError(reason);
  });

  it.each([
    ['', 'the host is missing'],
    ['host/ttyS0', 'it names a port, and a host alone is wanted'],
    ['::1', 'an IPv6 address stands in square brackets'],
  ])('refuses the agent "%s"', (text, reason) => {
    expect(() => parseAgentAddress(text)).toThrowError(reason);
  });

  it('answers any text with an address that it can write, or with bad-address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(parsePortAddress(formatPortAddress(parsePortAddress(text)))).toEqual(parsePortAddress(text));
        } catch (error) {
          expect(error).toBeInstanceOf(SercliError);
          expect(error).toMatchObject({ code: 'bad-address' });
        }
      }),
    );
  });
});
