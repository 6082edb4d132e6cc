import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { defaultAgentLimits, reasonOf, SercliError } from '@sercli/protocol';
import { ownPeer, type Peer } from '../peer.ts';
import { boundedHttp, guardedListener, type ServeOptions, serveClients } from './listen.ts';

/** Where to listen on this machine, and who serves. */
export interface LocalListenOptions extends Omit<ServeOptions, 'hasName' | 'refusal'> {
  /** Where the socket is made; nothing may stand there. */
  readonly path: string;
}

/** A listening unix socket with HTTP in front of the native protocol. */
export interface LocalListener {
  readonly path: string;
  /** Stops listening, removes the socket and cuts what is left of its connections. */
  close(): Promise<void>;
}

/**
 * Listens for clients on this machine: what `listenNative` gives, without TLS. Who may open the socket is let in; no
 * network and no web page leads to it, so it goes by any name.
 *
 * @throws SercliError `listen-failed`
 */
export async function listenLocal({ path, ...options }: LocalListenOptions): Promise<LocalListener> {
  const limits = options.limits ?? defaultAgentLimits;
  const serving: ServeOptions = { ...options, hasName: () => true, refusal: () => undefined };
  const own = (): Peer => ownPeer;
  const server = createServer(boundedHttp(limits), guardedListener(limits, serving, own));
  server.maxConnections = limits.connections;
  // Upgraded sockets are no longer the server's: closeAllConnections() leaves them open.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  serveClients(server, limits, serving, own);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
  } catch (cause) {
    const remedy = 'remove what stands there, or choose another directory with XDG_RUNTIME_DIR';
    throw new SercliError('listen-failed', { address: path, reason: reasonOf(cause), remedy }, { cause });
  }
  return {
    path,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
