import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Carrier } from '../carriers/carrier.ts';
import { ownPeer, type Peer } from '../peer.ts';
import { noKeys } from '../testing/trusting-keys.ts';
import { dial } from './dial.ts';
import { type LocalListener, listenLocal } from './listen-local.ts';

describe('listenLocal', () => {
  let folder: string;
  let listener: LocalListener;
  let accepted: Promise<Carrier>;
  let peers: Peer[];
  const place = () => ({ host: 'localhost', tcpPort: 7372, carrier: 'stream', socketPath: listener.path }) as const;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    let accept: (carrier: Carrier) => void = () => undefined;
    accepted = new Promise((resolve) => {
      accept = resolve;
    });
    peers = [];
    const onCarrier = (carrier: Carrier, peer: Peer): void => {
      peers.push(peer);
      accept(carrier);
    };
    const onRequest = (): void => undefined;
    listener = await listenLocal({ path: join(folder, 'a.sock'), onCarrier, onRequest });
  });
  afterEach(async () => {
    await listener.close();
    await rm(folder, { recursive: true });
  });

  it('carries the native protocol both ways, from this machine', async () => {
    const near = await dial(place(), noKeys);
    const far = await accepted;
    expect([near.peerAddress, far.peerAddress]).toEqual(['localhost', 'localhost']);
    expect(peers).toEqual([ownPeer]);
    const heard = (carrier: Carrier): Promise<string> =>
      new Promise((resolve) => {
        const ignore = (): void => undefined;
        carrier.listen({ received: (bytes) => resolve(Buffer.from(bytes).toString()), drained: ignore, ended: ignore });
      });
    const [atFar, atNear] = [heard(far), heard(near)];
    near.send(Buffer.from('to the agent'));
    far.send(Buffer.from('to the client'));
    expect([await atFar, await atNear]).toEqual(['to the agent', 'to the client']);
  });

  it('is for this user alone; its end cuts what is connected and removes it', async () => {
    expect((await stat(listener.path)).mode & 0o777).toBe(0o600);
    const near = await dial(place(), noKeys);
    const ended = new Promise((resolve) => {
      const ignore = (): void => undefined;
      near.listen({ received: ignore, drained: ignore, ended: resolve });
    });
    await listener.close();
    expect(await ended).toMatchObject({ code: 'connection-lost' });
    expect(await readdir(folder)).toEqual([]);
    await expect(dial(place(), noKeys)).rejects.toMatchObject({
      code: 'agent-unreachable',
      fields: { place: listener.path },
    });
  });

  it('does not listen where something stands', async () => {
    const path = join(folder, 'b.sock');
    await writeFile(path, '');
    const ignore = (): void => undefined;
    await expect(listenLocal({ path, onCarrier: ignore, onRequest: ignore })).rejects.toMatchObject({
      code: 'listen-failed',
      fields: { address: path },
    });
  });
});
