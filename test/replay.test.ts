import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parsePortSpec } from '@sercli/agent';
import { AgentConnections, ClientAccess, listSessions, type SerialLink } from '@sercli/client/tools';
import { PtyFarEnd } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from './support/until.ts';

/** Several windows of the native protocol. */
const beforeBytes = 1_500_000;

describe('a session that begins with what came before', () => {
  let folder: string;
  let farEnd: PtyFarEnd;
  let agent: Agent;
  let access: ClientAccess;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-replay-'));
    access = new ClientAccess({ directory: folder });
    farEnd = new PtyFarEnd();
    agent = await Agent.start({
      ports: [parsePortSpec(`dut=${farEnd.path}`)],
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: folder,
      policy: { keepOpen: true },
    });
    farEnd.start();
    farEnd.write(Buffer.alloc(beforeBytes, 'b'));
  });
  afterEach(async () => {
    await agent.close();
    farEnd.close();
    await rm(folder, { recursive: true });
  });

  it('goes on after a flush that discards more than the window', async () => {
    const address = { host: '127.0.0.1', tcpPort: agent.tcpPort, carrier: 'stream', port: 'dut' } as const;
    const connections = new AgentConnections({ client: { name: 'test', software: 'test' }, access });
    const watching = await connections.open(address, { role: 'monitor' });
    const end = async (): Promise<number> => {
      const [session] = (await listSessions(address, { access })).sessions;
      return watching.start.offset + (session?.readBytes ?? 0) + (session?.lagBytes ?? 0);
    };
    await until('the log has it all', async () => (await end()) >= beforeBytes);

    const link = await connections.open(address, { start: { kind: 'all' } });
    const heard = listen(link);
    await until('some of it is read', () => heard().length > 0);
    await link.flush('received');
    const flushedAt = heard().length;
    expect(flushedAt).toBeLessThan(beforeBytes);
    farEnd.write(Buffer.alloc(600_000, 'a'));
    await until('what comes afterwards is read', () => heard().length - flushedAt >= 600_000);
    expect(
      heard()
        .subarray(flushedAt)
        .every((byte) => byte === 'a'.charCodeAt(0)),
    ).toBe(true);
    await link.close();
    await watching.close();
  });
});

/** Reads 1,000 bytes at a time, so that a flush comes in the middle; what was read so far is what is returned gives. */
function listen(link: SerialLink): () => Buffer {
  const parts: Buffer[] = [];
  const read = (): void => {
    const bytes = link.peek(1_000);
    if (bytes.length === 0) return;
    parts.push(Buffer.from(bytes));
    link.consume(bytes.length);
    setImmediate(read);
  };
  link.listen({ readable: read, writable: () => undefined, event: () => undefined });
  return () => Buffer.concat(parts);
}
