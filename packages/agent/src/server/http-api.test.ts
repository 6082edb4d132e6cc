import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PortList, parseSessionList, SercliError, type SessionList } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerHttp, type HttpApi } from './http-api.ts';

const agent = { name: 'SerialMachine', software: 'test', open: true };
const ports: PortList = { version: 1, agent, ports: [] };
const sessions: SessionList = { version: 1, agent, sessions: [] };

describe('the JSON API', () => {
  let server: Server;
  let api: HttpApi;
  beforeEach(async () => {
    api = {
      portList: async () => ports,
      sessionList: () => sessions,
      metrics: async () => 'sercli_sessions 0\n',
      watchPorts: () => () => undefined,
    };
    server = createServer((request, response) => answerHttp(api, request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const ask = (path: string, method = 'GET'): Promise<Response> => {
    const { port } = server.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { Connection: 'close' } });
  };

  it('answers with ports, sessions and metrics', async () => {
    expect(await (await ask('/v1/ports')).json()).toEqual(ports);
    expect(parseSessionList(await (await ask('/v1/sessions?page=2')).text())).toEqual(sessions);
    const metrics = await ask('/metrics');
    expect(metrics.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await metrics.text()).toBe('sercli_sessions 0\n');
  });

  it('says that it serves, and nothing else', async () => {
    const health = await ask('/healthz');
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
  });

  it('answers HEAD without a body', async () => {
    const response = await ask('/v1/sessions', 'HEAD');
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('has nothing at other paths, and takes nothing', async () => {
    const missing = await ask('/v1/constructor');
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: { code: 'not-found', message: 'no /v1/constructor here' } },
    ]);
    const posted = await ask('/metrics', 'POST');
    expect([posted.status, posted.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
    expect(await posted.json()).toMatchObject({ error: { code: 'method' } });
  });

  it('tells what failed as JSON', async () => {
    api.sessionList = () => {
      throw new SercliError('closed', { what: 'the agent' });
    };
    api.metrics = () => Promise.reject(new Error('no module'));
    const failed = await ask('/v1/sessions');
    expect([failed.status, await failed.json()]).toMatchObject([500, { error: { code: 'closed' } }]);
    const unforeseen = await ask('/metrics');
    expect([unforeseen.status, await unforeseen.json()]).toMatchObject([500, { error: { code: 'internal' } }]);
  });
});
