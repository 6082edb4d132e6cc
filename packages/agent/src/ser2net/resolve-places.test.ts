import { expect, it } from 'vitest';
import { accepterOf } from '../accepters/accepter-config.ts';
import { resolvePlaces } from './resolve-places.ts';

it('names every address of a host, and gives each to the first that wants it', async () => {
  const told: string[] = [];
  const places = ['localhost', '127.0.0.1', '::', 'nowhere.invalid'].map((host) => ({ host, tcpPort: 3333 }));
  const accepters = places.map((place, index) => ({ ports: [`p${index}`], config: accepterOf(place) }));
  const resolved = await resolvePlaces(accepters, (text) => told.push(text));
  const hosts = resolved.map(({ ports, config }) => [ports[0], config.listen.map(({ host }) => host)] as const);
  expect(Object.fromEntries(hosts)).toMatchObject({ p2: ['::'], p3: ['nowhere.invalid'] });
  expect(hosts[0]?.[1]).toContain('127.0.0.1');
  expect(hosts.map(([port]) => port)).toEqual(['p0', 'p2', 'p3']);
  expect(told).toEqual(['p1 is not served on 127.0.0.1:3333: something above is']);
});
