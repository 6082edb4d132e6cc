import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parsePortSpec } from '@sercli/agent';
import { AgentConnections, ClientAccess, LastingLink } from '@sercli/client/tools';
import type { SerialLink } from '@sercli/link';
import { PtyFarEnd, serialLinkSuite } from '@sercli/testkit';
import { afterAll, beforeAll } from 'vitest';

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'sercli-native-'));
});
afterAll(() => rm(stateDirectory, { recursive: true }));

/** How a link to a port of an agent is made. */
const kinds = {
  'over a stream': (connections, place) => connections.open({ ...place, carrier: 'stream' }),
  'over a websocket': (connections, place) => connections.open({ ...place, carrier: 'websocket' }),
  // A device that is gone ends it like any other; opened again, it would wait for the device for ever.
  'over all its sessions': (connections, place) =>
    LastingLink.open({ ...place, carrier: 'stream' }, connections, { reopens: false }),
} as const satisfies Record<string, (connections: AgentConnections, place: Place) => Promise<SerialLink>>;

interface Place {
  readonly host: string;
  readonly tcpPort: number;
  readonly port: string;
}

for (const [kind, open] of Object.entries(kinds)) {
  serialLinkSuite(`a port of an agent, ${kind}`, async () => {
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
    const link = await open(connections, { host: '127.0.0.1', tcpPort: agent.tcpPort, port: 'dut' });
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
