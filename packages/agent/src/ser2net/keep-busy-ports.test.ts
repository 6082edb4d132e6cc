import { expect, it } from 'vitest';
import { placedAccepters } from '../accepters/accepter-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { keepBusyPorts, type ServedSelection } from './keep-busy-ports.ts';

function selectionOf(ports: object, rotators: object[] = []): ServedSelection {
  const config = parseConfig(JSON.stringify({ ports, rotators }), 'sercli.yaml');
  return { ports: config.ports, accepters: placedAccepters(config.ports, config.rotators, false) };
}

const shown = ({ selection }: ReturnType<typeof keepBusyPorts>): string[] =>
  selection.accepters.map(({ ports, config }) => `${ports}:${config.listen[0]?.tcpPort}:${config.protocol}`).sort();

const served = selectionOf({ a: { device: '/dev/a', tcp: '1,raw' }, b: { device: '/dev/b', tcp: '2,raw' } });
const wanted = selectionOf({ a: { device: '/dev/a', tcp: '1,telnet' }, c: { device: '/dev/c', tcp: '2,raw' } });

it('takes all that is wanted where no port is in use', () => {
  const kept = keepBusyPorts(served, wanted, new Set());
  expect([kept.isComplete, shown(kept)]).toEqual([true, ['a:1:telnet', 'c:2:raw']]);
});

it('keeps a port that has changed and is in use', () => {
  const kept = keepBusyPorts(served, wanted, new Set(['a']));
  expect([kept.isComplete, shown(kept)]).toEqual([false, ['a:1:raw', 'c:2:raw']]);
});

it('keeps a port that is gone and in use, and lets nobody else have its TCP port', () => {
  const kept = keepBusyPorts(served, wanted, new Set(['b']));
  expect([kept.isComplete, shown(kept)]).toEqual([false, ['a:1:telnet', 'b:2:raw']]);
  expect(kept.selection.ports.map(({ spec }) => spec.name).sort()).toEqual(['a', 'b', 'c']);
});

it('does not keep a port that is in use and the same as before', () => {
  expect(keepBusyPorts(served, served, new Set(['a', 'b'])).isComplete).toBe(true);
});

it('does not keep a port that is disabled', () => {
  const disabled = selectionOf({ a: { device: '/dev/a', tcp: { listen: 1, protocol: 'raw', enabled: false } } });
  expect(keepBusyPorts(served, disabled, new Set(['a'])).isComplete).toBe(true);
});

it('keeps a rotator of a port that is in use, and the other ports that it has', () => {
  const ports = { a: { device: '/dev/a' }, b: { device: '/dev/b' } };
  const before = selectionOf(ports, [{ listen: 9, ports: ['a', 'b'], protocol: 'raw' }]);
  const kept = keepBusyPorts(before, selectionOf({ c: '/dev/c' }), new Set(['a']));
  expect(shown(kept)).toEqual(['a,b:9:raw']);
  expect(kept.selection.ports.map(({ spec }) => spec.name).sort()).toEqual(['a', 'b', 'c']);
});
