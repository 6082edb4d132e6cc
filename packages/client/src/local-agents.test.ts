import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SercliError, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reloadAgent } from './local-agents.ts';

describe('reloadAgent', () => {
  let folder: string;
  let server: Server;
  let answer: RequestListener;
  const agent = () => ({ name: 'plant', path: join(folder, 'plant.sock') });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(agent().path, resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('posts, and tells what has been read', async () => {
    const listed = { name: 'plant', software: 'sercli/1', open: false };
    answer = ({ method, url }, response) =>
      void response.end(JSON.stringify({ version: 1, agent: listed, file: `${method} ${url}` }));
    expect(await reloadAgent(agent())).toMatchObject({ agent: listed, file: 'POST /v1/reload' });
  });

  it('fails with what the configuration is wrong in', async () => {
    const fields = { file: 'sercli.yaml', place: 'line 3', key: 'ports', problem: 'is no map' };
    answer = (_request, response) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ error: tellError(new SercliError('bad-config', fields)) }));
    };
    await expect(reloadAgent(agent())).rejects.toMatchObject({ code: 'bad-config', fields });
  });

  it('knows what is no agent, and what is not there', async () => {
    answer = (_request, response) => void response.writeHead(404).end('?');
    await expect(reloadAgent(agent())).rejects.toMatchObject({
      code: 'not-an-agent',
      fields: { place: agent().path, reason: 'it answers HTTP 404' },
    });
    answer = (_request, response) => void response.end('{}');
    await expect(reloadAgent(agent())).rejects.toMatchObject({ code: 'not-an-agent' });
    const gone = { name: 'gone', path: join(folder, 'gone.sock') };
    await expect(reloadAgent(gone)).rejects.toMatchObject({ code: 'agent-unreachable', fields: { place: gone.path } });
  });
});
