import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentity } from '@sercli/link';
import { type AgentAddress, SercliError, type SessionList, sessionListPath, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSessions } from './session-directory.ts';

const list: SessionList = {
  version: 1,
  agent: { name: 'SerialMachine', software: 'test', open: false },
  sessions: [],
};

describe('listSessions', () => {
  let folder: string;
  let server: Server;
  let address: AgentAddress;
  let answer: (response: ServerResponse) => void;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-sessions-'));
    const { key, cert } = await loadIdentity(folder);
    server = createServer({ key, cert }, (request, response) => {
      if (request.url === sessionListPath) return answer(response);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    address = { host: '127.0.0.1', tcpPort: port, carrier: 'stream' };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('reads what the agent answers', async () => {
    answer = (response) => response.end(`${JSON.stringify(list)}\n`);
    expect(await listSessions(address)).toEqual(list);
  });

  it('refuses what is no session list', async () => {
    answer = (response) => response.end('{"version": 1}');
    await expect(listSessions(address)).rejects.toMatchObject({ code: 'not-an-agent', exit: 3 });
  });

  it('says why the agent refuses', async () => {
    const error = tellError(new SercliError('host-name-refused', { name: 'serial.example.org' }));
    answer = (response) => response.writeHead(421).end(JSON.stringify({ error }));
    await expect(listSessions(address)).rejects.toMatchObject({ code: 'host-name-refused', exit: 4 });
  });

  it('refuses an answer without an end', async () => {
    answer = (response) => {
      const line = `${' '.repeat(65_535)}\n`;
      const go = (): void => {
        while (!response.destroyed && response.write(line));
      };
      response.on('drain', go);
      go();
    };
    await expect(listSessions(address)).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('longer than 8388608 characters'),
    });
  });
});
