import { expect, it } from 'vitest';
import { accepterOf } from './accepter-config.ts';
import { parseTcpFlag } from './accepter-place.ts';

const loopback = { host: '127.0.0.1', tcpPort: 3333 };

it.each([
  ['3333=ttyS0', 'ttyS0', accepterOf(loopback)],
  ['3333=ttyS0,raw', 'ttyS0', accepterOf(loopback, { protocol: 'raw' })],
  [':3333=plc', 'plc', accepterOf({ host: '::', tcpPort: 3333 })],
  ['*:3333=plc', 'plc', accepterOf({ host: '::', tcpPort: 3333 })],
  ['[fe80::1%eth0]:3333=plc', 'plc', accepterOf({ host: 'fe80::1%eth0', tcpPort: 3333 })],
])('--tcp %s', (text, port, config) => {
  expect(parseTcpFlag(text)).toEqual({ ports: [port], config });
});

it.each([
  ['3333', 'does not say which port'],
  ['3333=', 'does not say which port'],
  ['=ttyS0', 'does not say which port'],
  ['3333=/dev/ttyS0', 'does not say which port'],
  ['3333=ttyS0,', '"" is no protocol'],
  ['3333=ttyS0,raw,telnet', '"raw,telnet" is no protocol'],
  ['host=ttyS0', 'its TCP port is missing'],
])('--tcp %s is wrong', (text, problem) => {
  expect(() => parseTcpFlag(text)).toThrow(problem);
});
