import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import {
  connect as connectPlain,
  createServer as createPlainServer,
  type Server as PlainServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { SercliError } from '@sercli/protocol';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fullFingerprintOf } from '../fingerprint.ts';
import { type Identity, loadIdentity } from '../identity.ts';
import { requestAgent } from './agent-place.ts';
import { connectToAgent, type DialKeys } from './agent-tls.ts';

const timeoutMs = 5_000;

describe('connecting to an agent', () => {
  let folder: string;
  let agent: Identity;
  let client: Identity;
  const servers: (Server | PlainServer)[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    agent = await loadIdentity(join(folder, 'agent'));
    client = await loadIdentity(join(folder, 'client'));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A server with this identity; resolves to where, and to what it is told. */
  const serve = async (identity: Identity) => {
    const heard: { text: string; fingerprint: string | undefined }[] = [];
    const server = createServer({ ...identity, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false });
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket: TLSSocket) => {
      const shown = socket.getPeerX509Certificate();
      const one = { text: '', fingerprint: shown && fullFingerprintOf(shown) };
      heard.push(one);
      socket.on('error', () => socket.destroy());
      socket.on('data', (text) => {
        one.text += String(text);
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { place: placeOf(server), heard };
  };
  /** Knows the agent; `shown` are the keys that it was asked about. */
  const keysOf = (identity: Identity) => {
    const shown: string[] = [];
    const keys: DialKeys = {
      identity: async () => identity,
      verify: async (fingerprint) => {
        shown.push(fingerprint);
        if (fingerprint === fullFingerprintOf(agent.cert)) return;
        const fields = { host: 'h', place: 'h', known: 'k', shown: 's', fingerprint };
        throw new SercliError('agent-key-changed', fields);
      },
    };
    return { keys, shown };
  };

  it('shows each side the key of the other, at every connection anew', async () => {
    const { place, heard } = await serve(agent);
    for (const identity of [client, agent]) {
      const { keys, shown } = keysOf(identity);
      const asking = requestAgent(place, keys, { path: '/' });
      asking.end();
      const [response] = await once(asking, 'response');
      response.resume();
      expect(shown).toEqual([fullFingerprintOf(agent.cert)]);
    }
    expect(heard.map(({ fingerprint }) => fingerprint)).toEqual(
      [client, agent].map(({ cert }) => fullFingerprintOf(cert)),
    );
  });

  it('says nothing to an impostor whose certificate copies every field but the key', async () => {
    const copied = await generate([{ name: 'commonName', value: 'sercli' }], {
      keyType: 'ec',
      curve: 'P-256',
      notBeforeDate: new Date('2020-01-01T00:00:00Z'),
      notAfterDate: new Date('2120-01-01T00:00:00Z'),
    });
    const { place, heard } = await serve({ key: copied.private, cert: copied.cert });
    const { keys, shown } = keysOf(client);
    const asking = requestAgent(place, keys, { path: '/' });
    asking.end('secret');
    const [error] = await once(asking, 'error');
    expect(error).toMatchObject({ code: 'agent-key-changed' });
    expect(shown).toEqual([fullFingerprintOf(copied.cert)]);
    expect(heard.map(({ text }) => text).join('')).toBe('');
  });

  it('is not deceived by somebody in the middle who passes on the certificate: without the key there is no handshake', async () => {
    const { place } = await serve(agent);
    // What passes bytes on unchanged is only a longer cable; what ends TLS itself has to have a key of its own.
    const middle = await serve(client);
    const passing = createPlainServer((socket) => pass(socket, place.tcpPort));
    servers.push(passing);
    await once(passing.listen(0, '127.0.0.1'), 'listening');
    const { keys, shown } = keysOf(client);
    (await connectToAgent(placeOf(passing), keys, { timeoutMs })).destroy();
    await expect(connectToAgent(middle.place, keys, { timeoutMs })).rejects.toMatchObject({
      code: 'agent-key-changed',
    });
    expect(shown).toEqual([fullFingerprintOf(agent.cert), fullFingerprintOf(client.cert)]);
  });

  it('gives up when nobody answers, and when it is not wanted any more', async () => {
    const silent = createPlainServer();
    servers.push(silent);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { keys } = keysOf(client);
    await expect(connectToAgent(placeOf(silent), keys, { timeoutMs: 50 })).rejects.toThrow('no answer within 0.05 s');
    const over = new AbortController();
    const connecting = connectToAgent(placeOf(silent), keys, { timeoutMs, signal: over.signal });
    over.abort(new Error('not wanted'));
    await expect(connecting).rejects.toThrow('not wanted');
    await expect(connectToAgent(placeOf(silent), keys, { timeoutMs, signal: over.signal })).rejects.toThrow(
      'not wanted',
    );
  });
});

function placeOf(server: Server | PlainServer) {
  return { host: '127.0.0.1', tcpPort: (server.address() as AddressInfo).port, carrier: 'stream' } as const;
}

function pass(socket: Socket, tcpPort: number): void {
  const onward = connectPlain(tcpPort, '127.0.0.1');
  for (const end of [socket, onward]) end.on('error', () => end.destroy());
  socket.pipe(onward).pipe(socket);
}
