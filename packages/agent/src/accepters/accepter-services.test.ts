import { MemoryDiscovery } from '@sercli/discovery';
import { expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { accepterOf } from './accepter-config.ts';
import { AccepterServices } from './accepter-services.ts';
import type { AccepterReading } from './accepter-set.ts';

const everywhere = { host: '::', tcpPort: 3333 };

function readingOf(name: string | undefined, places = [everywhere]): AccepterReading {
  const advertise = { service: 'zwave' as const, text: {}, ...(name === undefined ? {} : { name }) };
  const config = accepterOf(places, { protocol: 'raw', advertise });
  return { placed: { ports: ['stick'], config }, addresses: [], places, clients: 0, refusals: 0 };
}

it('tells of each accepter on the interfaces where it listens, under a name of its own, until there is none', async () => {
  const discovery = new MemoryDiscovery();
  let readings: AccepterReading[] = [];
  const services = new AccepterServices({
    discovery: async () => discovery,
    agentId: '0123abcd',
    software: 'sercli/1',
    logger: silentLogger,
    readings: () => readings,
    deviceOf: () => undefined,
    agentName: () => 'plant',
  });
  await services.look();
  expect(discovery.services).toEqual([]);
  const loopback = { host: '127.0.0.1', tcpPort: 3334 };
  readings = [readingOf(undefined), readingOf(undefined, [loopback]), readingOf('a.b'), readingOf('é'.repeat(31))];
  await services.look();
  expect(discovery.services.map(({ service, interfaces }) => [service.name, service.tcpPort, interfaces])).toEqual([
    ['stick on plant', 3333, ['::']],
    ['stick on plant, 2', 3334, ['127.0.0.1']],
    ['a-b', 3333, ['::']],
    ['é'.repeat(27), 3333, ['::']],
  ]);
  readings = [];
  await services.look();
  expect(discovery.services).toEqual([]);
  readings = [readingOf('again')];
  await services.look();
  await services.close();
  expect(discovery.services).toEqual([]);
});
