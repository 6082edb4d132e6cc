import { getEventListeners, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SercliError, tellError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, loadIdentity } from '../identity.ts';
import { trustingKeys } from '../testing/trusting-keys.ts';
import { dial } from './dial.ts';

describe.each(['stream', 'websocket'] as const)('dialling a %s that is refused', (carrier) => {
  let folder: string;
  let server: Server;
  let body: string;
  let identity: Identity;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    identity = await loadIdentity(folder);
    server = createServer({ ...identity }, (_request, response) => {
      response.writeHead(421);
      response.end(body);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  const dialled = () =>
    dial({ host: '127.0.0.1', tcpPort: (server.address() as AddressInfo).port, carrier }, trustingKeys(identity));

  it('says what the agent says', async () => {
    body = JSON.stringify({ error: tellError(new SercliError('host-name-refused', { name: 'serial.example.org' })) });
    await expect(dialled()).rejects.toMatchObject({
      code: 'host-name-refused',
      message: expect.stringContaining('add the name to hostNames'),
    });
  });

  it.each<[string, () => AbortSignal]>([
    ['by AbortSignal.timeout', () => AbortSignal.timeout(1)],
    ['before', () => AbortSignal.abort(new Error('a reason of the program'))],
  ])('says that it was cancelled where it is, %s, and leaves no listener', async (_name, makeSignal) => {
    const silent = createTcpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const place = { host: '127.0.0.1', tcpPort: (silent.address() as AddressInfo).port, carrier } as const;
    const signal = makeSignal();
    await expect(dial(place, trustingKeys(identity), { signal })).rejects.toMatchObject({
      code: 'aborted',
      message: 'connecting to 127.0.0.1 was cancelled; start it again when it is wanted',
    });
    await new Promise(setImmediate);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    silent.close();
  });

  it.each([
    '',
    '<html>',
    'null',
    '{"error": null}',
    '{"error": {"code": 1, "message": 2}}',
    '{"error": {"code": "constructor", "message": "", "fields": 1}}',
    '{"error": {"code": "host-name-refused", "message": ""}}',
    'x'.repeat(1024 * 1024),
  ])('says that it is no agent where it says nothing that agents say: %.20s', async (said) => {
    body = said;
    await expect(dialled()).rejects.toMatchObject({
      code: 'not-an-agent',
      message: expect.stringContaining('it answers HTTP 421'),
    });
  });
});
