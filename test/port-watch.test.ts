import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parsePortSpec } from '@sercli/agent';
import { AgentConnections, ClientAccess, watchPorts } from '@sercli/client/tools';
import { PtyFarEnd } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('a port list that is watched', () => {
  let folder: string;
  let path: string;
  let farEnd: PtyFarEnd;
  let agent: Agent;
  const over = new AbortController();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-ports-'));
    path = join(folder, 'ttyX0');
    farEnd = new PtyFarEnd();
    farEnd.stay();
    agent = await Agent.start({
      name: 'SerialMachine',
      ports: [parsePortSpec(path)],
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: folder,
    });
  });
  afterEach(async () => {
    over.abort();
    await agent.close();
    farEnd.close();
    await rm(folder, { recursive: true });
  });

  it('tells at once what is there, and then each coming, going, opening and closing', async () => {
    const address = { host: '127.0.0.1', tcpPort: agent.tcpPort, carrier: 'stream' } as const;
    const access = new ClientAccess({ directory: folder });
    const lists = watchPorts(address, { access, signal: over.signal });
    const nextPort = async () => (await lists.next()).value?.ports[0];
    expect(await nextPort()).toMatchObject({ name: 'ttyX0', state: 'lost', reason: `there is no ${path}` });

    await symlink(farEnd.path, path);
    expect(await nextPort()).toMatchObject({ name: 'ttyX0', state: 'idle' });

    const connections = new AgentConnections({ client: { name: 'anna@laptop', software: 'test' }, access });
    const link = await connections.open({ ...address, port: 'ttyX0' });
    let port = await nextPort();
    while (port?.state !== 'open') port = await nextPort();
    expect(port).toMatchObject({ controller: { name: 'anna@laptop' } });

    await rm(path);
    farEnd.hangUp();
    while (port?.state !== 'lost') port = await nextPort();
    // The session waits for the device to come back.
    expect(port).toHaveProperty('controller');
    await link.close();
    while (port?.controller !== undefined || port?.state !== 'lost') port = await nextPort();

    await agent.close();
    await expect(lists.next()).rejects.toMatchObject({ exit: expect.any(Number) });
  });
});
