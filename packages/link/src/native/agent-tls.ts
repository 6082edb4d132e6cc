import { connect, type TLSSocket } from 'node:tls';
import { fullFingerprintOf } from '../fingerprint.ts';
import type { Identity } from '../identity.ts';

/** What a client proves who it is with, and how it judges who answers. */
export interface DialKeys {
  identity(): Promise<Identity>;
  /**
   * Resolves when the agent that has proved to have this key may be spoken to; nothing is said to it before.
   *
   * @param fingerprint the full one
   * @throws SercliError `agent-key-changed`
   */
  verify(fingerprint: string): Promise<void>;
}

export interface TlsPlace {
  readonly host: string;
  readonly tcpPort: number;
}

export interface TlsConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the agent has answered. */
  readonly timeoutMs: number;
}

/**
 * Connects to an agent, and makes sure who it is. Its certificate signs itself, so the system's authorities have nothing to
 * say about it: its key is what it is known by. No TLS session is ever resumed: a resumed one hides the certificates.
 *
 * @throws Error of node:net and node:tls, and what `verify` throws
 */
export async function connectToAgent(
  { host, tcpPort }: TlsPlace,
  keys: DialKeys,
  { signal, timeoutMs }: TlsConnectOptions,
): Promise<TLSSocket> {
  const identity = await keys.identity();
  signal?.throwIfAborted();
  const socket = connect({ host, port: tcpPort, ...identity, minVersion: 'TLSv1.3', rejectUnauthorized: false });
  try {
    await secured(socket, signal, timeoutMs);
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined || socket.isSessionReused()) throw new Error('it showed no certificate');
    await keys.verify(fullFingerprintOf(certificate));
    signal?.throwIfAborted();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function secured(socket: TLSSocket, signal: AbortSignal | undefined, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const abort = (): void => settle(signal?.reason);
    const late = setTimeout(() => settle(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    // Also after it is settled: until HTTP has taken the socket over, nobody else would hear of its errors.
    socket.on('error', settle);
    socket.once('secureConnect', () => settle());
  });
}
