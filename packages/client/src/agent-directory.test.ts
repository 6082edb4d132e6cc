import { type Advertiser, MemoryDiscovery } from '@sercli/discovery';
import { SercliError, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentDirectory, type DirectoryEntry } from './agent-directory.ts';
import { FakeAgent } from './testing/fake-agent.ts';

const other = `${'B'.repeat(16)}${'A'.repeat(36)}`;
const list = { version: 1, agent: { name: 'SerialMachine', software: 'test', open: false }, ports: [] } as const;

describe('AgentDirectory', () => {
  let agent: FakeAgent;
  let discovery: MemoryDiscovery;
  let advertiser: Advertiser;
  let directory: AgentDirectory;
  beforeEach(async () => {
    agent = await FakeAgent.start();
    discovery = new MemoryDiscovery();
    const { tcpPort } = agent.address;
    const advertisement = { name: 'SerialMachine', agentId: '0a0a0a0a', tcpPort, wire: 1, software: 'test' };
    advertiser = await discovery.advertise(advertisement, { interfaces: 'loopback' });
  });
  afterEach(async () => {
    await directory.close();
    await advertiser.close();
    await agent.close();
  });
  const firstEntry = (): Promise<DirectoryEntry> =>
    new Promise((resolve) => {
      const { access } = agent;
      directory = new AgentDirectory({ discovery, interfaces: 'all', access, listed: resolve, gone: () => undefined });
    });

  it('lists the ports of an agent, and records nothing', async () => {
    agent.answer = (_request, response) => void response.write(`${JSON.stringify(list)}\n`);
    expect(await firstEntry()).toMatchObject({ kind: 'listed', list, agent: { name: 'SerialMachine' } });
    await directory.settled();
    expect(agent.told).toEqual([]);
    expect(agent.access.knownAgents.list()).toEqual([]);
  });

  it('says of an agent that does not know this client that it refuses', async () => {
    const error = new SercliError('not-authorized', { host: 'SerialMachine', reason: 'no', fingerprint: 'X' });
    agent.answer = (_request, response) =>
      void response.writeHead(403).end(JSON.stringify({ error: tellError(error) }));
    expect(await firstEntry()).toMatchObject({ kind: 'refused', error: { code: 'not-authorized' } });
    await directory.settled();
    expect(directory.entries().map(({ kind }) => kind)).toEqual(['refused']);
  });

  it('says so of an agent whose key has changed, and asks it for nothing', async () => {
    agent.answer = () => expect.unreachable();
    await agent.access.knownAgents.add({ host: 'serialmachine', tcpPort: 7372, fingerprint: other });
    expect(await firstEntry()).toMatchObject({ kind: 'refused', error: { code: 'agent-key-changed' } });
  });
});
