import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type LocalListener, listenLocal } from '@sercli/link';
import { type ClientList, SercliError, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorizeClient, listClients, removeClient, turnAwayClient } from './authorizations.ts';

const fingerprint = `${'K'.repeat(51)}A`;
const list: ClientList = {
  version: 1,
  agent: { name: 'plant', software: 'test', open: false },
  file: '/authorized_clients',
  clients: [{ fingerprint, role: 'control', ports: ['*'], name: 'anna@laptop' }],
  waiting: [],
};

describe('the clients of an agent of this machine', () => {
  let folder: string;
  let listener: LocalListener;
  let asked: string[];
  let answer: (response: ServerResponse) => void;
  const agent = () => ({ name: 'plant', path: listener.path });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    asked = [];
    answer = (response) => response.end(JSON.stringify(list));
    const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      asked.push(`${request.method} ${request.url} ${await text(request)}`.trim());
      answer(response);
    };
    const onCarrier = (): void => undefined;
    const path = join(folder, 'plant.sock');
    listener = await listenLocal({
      path,
      onCarrier,
      onRequest: (request, response) => void onRequest(request, response),
    });
  });
  afterEach(async () => {
    await listener.close();
    await rm(folder, { recursive: true });
  });

  it('are listed and decided about', async () => {
    expect(await listClients(agent())).toEqual(list);
    expect(await authorizeClient(agent(), fingerprint, { role: 'monitor', ports: ['ttyS*'], name: 'anna' })).toEqual(
      list,
    );
    await removeClient(agent(), fingerprint);
    await turnAwayClient(agent(), fingerprint);
    expect(asked).toEqual([
      'GET /v1/clients',
      `PUT /v1/clients/${fingerprint} {"role":"monitor","ports":["ttyS*"],"name":"anna"}`,
      `DELETE /v1/clients/${fingerprint}`,
      `DELETE /v1/waiting/${fingerprint}`,
    ]);
  });

  it.each([
    [{ name: 'anna meier' }, '"anna meier" cannot be the name of a client'],
    [{ name: '' }, '"" cannot be the name of a client'],
    [{ ports: ['ttyS0', 'a b'] }, '"a b" cannot be the name of a port'],
    [{ ports: ['ttyS0,plc'] }, '"ttyS0,plc" cannot be the name of a port'],
    [{ ports: ['# all'] }, '"# all" cannot be the name of a port'],
  ])('are not called or allowed %j', async (part, reason) => {
    const authorization = { role: 'control', ports: ['*'], ...part } as const;
    await expect(
      authorizeClient(agent(), fingerprint, { ...authorization, ports: [...authorization.ports] }),
    ).rejects.toThrow(reason);
    expect(asked).toEqual([]);
  });

  it('are what the agent says they are, or why it refuses', async () => {
    const error = new SercliError('client-not-found', { client: 'KKKK', state: 'waiting', host: 'plant' });
    answer = (response) => response.writeHead(404).end(JSON.stringify({ error: tellError(error) }));
    await expect(turnAwayClient(agent(), fingerprint)).rejects.toMatchObject({ code: 'client-not-found', exit: 3 });
    answer = (response) => response.end('{"version": 1}');
    await expect(listClients(agent())).rejects.toMatchObject({ code: 'not-an-agent' });
  });
});
