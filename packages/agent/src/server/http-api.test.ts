import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, Agent as HttpAgent, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentity, type Peer } from '@sercli/link';
import {
  type PortList,
  parseAdmissionState,
  parseClientList,
  parseSessionList,
  type Reloaded,
  SercliError,
  type SessionList,
} from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentAccess } from '../access/agent-access.ts';
import { fingerprintWith, ownPeer, tlsPeerOf } from '../access/testing/fingerprints.ts';
import { silentLogger } from '../logger.ts';
import { answerHttp, type HttpApi, type PortFilter } from './http-api.ts';

const agent = { name: 'SerialMachine', software: 'test', open: false };
const ports: PortList = { version: 1, agent, ports: [] };
const sessions: SessionList = { version: 1, agent, sessions: [] };
const reloaded: Reloaded = { version: 1, agent, file: '/etc/sercli/sercli.yaml' };
const anna = fingerprintWith('A');

describe('the JSON API', () => {
  let directory: string;
  let server: Server;
  let api: HttpApi;
  let access: AgentAccess;
  let peer: Peer;
  let seen: PortFilter;
  let portsChanged: (list: PortList) => void;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    peer = ownPeer;
    api = {
      portList: async (sees) => {
        seen = sees;
        return ports;
      },
      sessionList: () => sessions,
      metrics: async () => 'sercli_sessions 0\n',
      watchPorts: (changed) => {
        portsChanged = changed;
        return () => undefined;
      },
      reload: async () => reloaded,
    };
    const identity = await loadIdentity(directory);
    access = new AgentAccess({ directory, identity, isOpen: false, logger: silentLogger, agent: () => agent });
    server = createServer((request, response) => answerHttp({ api, access }, request, response, peer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    access.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true });
  });

  const ask = (path: string, method = 'GET', body?: object): Promise<Response> => {
    const { port } = server.address() as AddressInfo;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { Connection: 'close' }, ...sent });
  };
  const codeOf = async (response: Response): Promise<unknown[]> => {
    const { error } = (await response.json()) as { error: { code: string } };
    return [response.status, error.code];
  };

  it('answers with ports, sessions and metrics', async () => {
    expect(await (await ask('/v1/ports')).json()).toEqual(ports);
    expect(parseSessionList(await (await ask('/v1/sessions?page=2')).text())).toEqual(sessions);
    const metrics = await ask('/metrics');
    expect(metrics.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await metrics.text()).toBe('sercli_sessions 0\n');
  });

  it('says to everybody that it serves, and nothing else', async () => {
    peer = tlsPeerOf(undefined);
    const health = await ask('/healthz');
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    expect(await codeOf(await ask('/v1/ports'))).toEqual([401, 'certificate-missing']);
    expect(await codeOf(await ask('/v1/admission', 'POST'))).toEqual([401, 'certificate-missing']);
    peer = tlsPeerOf(anna);
    expect(await codeOf(await ask('/v1/ports'))).toEqual([403, 'not-authorized']);
    expect(await codeOf(await ask('/v1/clients'))).toEqual([403, 'owner-only']);
  });

  it('gives one answer for each connection to those who are not let in', async () => {
    const { port } = server.address() as AddressInfo;
    const keeping = new HttpAgent({ keepAlive: true, maxSockets: 1 });
    const held = async (path: string): Promise<string | undefined> => {
      const asking = request({ host: '127.0.0.1', port, path, agent: keeping }).end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return answer.headers.connection;
    };
    expect(await held('/v1/ports')).toBe('keep-alive');
    for (const stranger of [tlsPeerOf(undefined), tlsPeerOf(anna)]) {
      peer = stranger;
      for (const path of ['/healthz', '/v1/ports', '/none']) expect(await held(path), path).toBe('close');
    }
    await access.register.authorize(anna, { role: 'monitor', ports: ['plc'] });
    expect(await held('/v1/ports')).toBe('keep-alive');
    keeping.destroy();
  });

  it('tells a client of the ports that it may use', async () => {
    await access.register.authorize(anna, { role: 'monitor', ports: ['plc'] });
    peer = tlsPeerOf(anna);
    await ask('/v1/ports');
    expect(['plc', 'ttyS0'].map(seen)).toEqual([true, false]);
  });

  it('answers HEAD without a body', async () => {
    const response = await ask('/v1/sessions', 'HEAD');
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('has nothing at other paths, and no other methods', async () => {
    for (const path of ['/v1/constructor', '/v1/native', '/v1/clients/..%2F', `/v1/clients/${anna}/x`]) {
      expect(await codeOf(await ask(path))).toEqual([404, 'not-found']);
    }
    const posted = await ask('/metrics', 'POST');
    expect([posted.headers.get('Allow'), ...(await codeOf(posted))]).toEqual(['GET', 405, 'method']);
    const looked = await ask('/v1/reload');
    expect([looked.headers.get('Allow'), ...(await codeOf(looked))]).toEqual(['POST', 405, 'method']);
  });

  it('reloads for its owner, and tells what is wrong with the configuration', async () => {
    expect(await (await ask('/v1/reload', 'POST')).json()).toEqual(reloaded);
    const fields = { file: 'sercli.yaml', place: 'line 3', key: 'ports', problem: 'is no map' };
    api.reload = () => Promise.reject(new SercliError('bad-config', fields));
    const response = await ask('/v1/reload', 'POST');
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'bad-config', fields } }]);
  });

  it('tells what failed as JSON', async () => {
    api.sessionList = () => {
      throw new SercliError('closed', { what: 'the agent' });
    };
    api.metrics = () => Promise.reject(new Error('no module'));
    expect(await codeOf(await ask('/v1/sessions'))).toEqual([500, 'closed']);
    expect(await codeOf(await ask('/metrics'))).toEqual([500, 'internal']);
  });

  it('lets a client in that waited, as soon as its owner says so', async () => {
    peer = tlsPeerOf(anna);
    const request = { name: 'anna@laptop', role: 'control', port: 'plc', waits: true };
    const states = statesOf(await ask('/v1/admission', 'POST', request));
    expect((await states.next()).value).toMatchObject({ state: 'waiting', agent, waitMs: 600_000 });
    peer = ownPeer;
    expect(parseClientList(await (await ask('/v1/clients')).text()).waiting).toMatchObject([
      { fingerprint: anna, name: 'anna@laptop', role: 'control', port: 'plc', isConnected: true },
    ]);
    const authorized = await ask(`/v1/clients/${anna}`, 'PUT', { role: 'control', ports: ['*'] });
    expect(parseClientList(await authorized.text())).toMatchObject({ clients: [{ fingerprint: anna }], waiting: [] });
    expect((await states.next()).value).toEqual({ state: 'admitted' });
    expect((await states.next()).done).toBe(true);
    peer = tlsPeerOf(anna);
    expect(await (await ask('/v1/admission', 'POST', request)).json()).toEqual({ state: 'admitted' });
  });

  it('keeps the request of one that does not wait, and turns one away', async () => {
    peer = tlsPeerOf(anna);
    const request = { name: 'anna@laptop', role: 'monitor', waits: false };
    expect(await (await ask('/v1/admission', 'POST', request)).json()).toMatchObject({ state: 'waiting' });
    const states = statesOf(await ask('/v1/admission', 'POST', { ...request, waits: true }));
    await states.next();
    peer = ownPeer;
    expect((await ask(`/v1/waiting/${anna}`, 'DELETE')).status).toBe(200);
    expect(await codeOf(await ask(`/v1/waiting/${anna}`, 'DELETE'))).toEqual([404, 'client-not-found']);
    expect((await states.next()).value).toMatchObject({ state: 'refused', error: { code: 'not-authorized' } });
    peer = tlsPeerOf(anna);
    expect(await codeOf(await ask('/v1/admission', 'POST', request))).toEqual([403, 'not-authorized']);
  });

  it.each([
    ['no JSON', 'x'],
    ['a role that is none', { name: 'anna', role: 'owner', waits: true }],
    ['more than is asked for', { name: 'anna', role: 'control', waits: true, file: '/etc/passwd' }],
    ['too much', { name: 'x'.repeat(20_000), role: 'control', waits: true }],
  ])('takes no request with %s', async (_what, body) => {
    peer = tlsPeerOf(anna);
    expect(await codeOf(await ask('/v1/admission', 'POST', body as object))).toEqual([400, 'usage']);
    peer = ownPeer;
    expect(await codeOf(await ask(`/v1/clients/${anna}`, 'PUT', body as object))).toEqual([400, 'usage']);
  });

  it('removes a client that follows the ports: it hears no more', async () => {
    await access.register.authorize(anna, { role: 'monitor', ports: ['*'] });
    peer = tlsPeerOf(anna);
    const response = await ask('/v1/ports/watch');
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(`${JSON.stringify(ports)}\n`);
    const other = { ...ports, agent: { ...agent, software: 'newer' } };
    portsChanged(other);
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(`${JSON.stringify(other)}\n`);
    peer = ownPeer;
    expect((await ask(`/v1/clients/${anna}`, 'DELETE')).status).toBe(200);
    const last = new TextDecoder().decode((await reader?.read())?.value);
    expect(JSON.parse(last)).toMatchObject({ error: { code: 'not-authorized' } });
    expect((await reader?.read())?.done).toBe(true);
  });
});

/** The states that come as lines; empty lines are signs of life. */
async function* statesOf(response: Response) {
  let text = '';
  for await (const chunk of response.body ?? []) {
    const lines = (text + new TextDecoder().decode(chunk)).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield parseAdmissionState(line);
  }
}
