import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Reloaded, SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerControl, type ControlApi } from './control-api.ts';

const agent = { name: 'SerialMachine', software: 'sercli/1', open: false };
const reloaded: Reloaded = { version: 1, agent, file: '/etc/sercli/sercli.yaml' };

describe('answerControl', () => {
  let server: Server;
  let reload: () => Promise<Reloaded>;
  beforeEach(async () => {
    reload = async () => reloaded;
    const api: ControlApi = {
      portList: async () => ({ version: 1, agent, ports: [] }),
      sessionList: () => ({ version: 1, agent, sessions: [] }),
      metrics: async () => '',
      watchPorts: () => () => undefined,
      reload: () => reload(),
    };
    server = createServer((request, response) => answerControl(api, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const ask = (path: string, method: string): Promise<Response> => {
    const { port } = server.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { Connection: 'close' } });
  };

  it('answers a reload once it is done, and what everybody may ask', async () => {
    expect(await (await ask('/v1/reload', 'POST')).json()).toEqual(reloaded);
    expect(await (await ask('/v1/ports', 'GET')).json()).toMatchObject({ agent });
  });

  it('tells what is wrong with the configuration', async () => {
    const fields = { file: 'sercli.yaml', place: 'line 3', key: 'ports', problem: 'is no map' };
    reload = () => Promise.reject(new SercliError('bad-config', fields));
    const response = await ask('/v1/reload', 'POST');
    expect([response.status, await response.json()]).toMatchObject([500, { error: { code: 'bad-config', fields } }]);
  });

  it('does nothing upon a mere look', async () => {
    reload = () => Promise.reject(new Error('called'));
    const response = await ask('/v1/reload', 'GET');
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ error: { code: 'method' } });
  });
});
