import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parsePortSpec } from '@sercli/agent';
import { AgentConnections, ClientAccess } from '@sercli/client';
import { PtyFarEnd, serialLinkSuite } from '@sercli/testkit';
import { afterAll, beforeAll } from 'vitest';

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'sercli-native-'));
});
afterAll(() => rm(stateDirectory, { recursive: true }));

for (const carrier of ['stream', 'websocket'] as const) {
  serialLinkSuite(`a port of an agent, over a ${carrier}`, async () => {
    const farEnd = new PtyFarEnd();
    const agent = await Agent.start({
      ports: [parsePortSpec(`dut=${farEnd.path}`)],
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory,
    });
    const connections = new AgentConnections({
      client: { name: 'test', software: 'test' },
      access: new ClientAccess({ directory: stateDirectory }),
    });
    const link = await connections.open({ host: '127.0.0.1', tcpPort: agent.tcpPort, carrier, port: 'dut' });
    farEnd.start();
    return {
      link,
      farEnd,
      hasLines: false,
      cleanup: async () => {
        farEnd.close();
        await agent.close();
      },
    };
  });
}
