import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import { type AgentAddress, formatAgentAddress, formatPlace, reasonOf, SercliError } from '@sercli/protocol';
import type { Carrier } from '../carriers/carrier.ts';
import { StreamCarrier } from '../carriers/stream-carrier.ts';
import { WebSocketCarrier } from '../carriers/websocket-carrier.ts';

/** How long an agent has to answer before it counts as unreachable, in milliseconds. */
export const dialTimeoutMs = 10_000;

/** The path of the native protocol on an agent, for `Upgrade: sercli` and for WebSocket. */
export const nativePath = '/v1/native';

/**
 * What TLS is asked for. The agent's certificate signs itself, so the system's authorities have nothing to say about it.
 * Without an agent of node:https no TLS session is ever resumed: a resumed one hides the peer's certificate.
 */
export const tlsOptions: RequestOptions = { agent: false, rejectUnauthorized: false, minVersion: 'TLSv1.3' };

export interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the agent has to answer; `dialTimeoutMs` unless said otherwise. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a carrier to an agent.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `aborted`
 */
export function dial(address: AgentAddress, options: DialOptions = {}): Promise<Carrier> {
  return address.carrier === 'websocket' ? dialWebSocket(address, options) : dialStream(address, options);
}

function dialStream(address: AgentAddress, { signal, timeoutMs = dialTimeoutMs }: DialOptions): Promise<Carrier> {
  return new Promise((resolve, reject) => {
    const dialling = request({
      ...tlsOptions,
      host: address.host,
      port: address.tcpPort,
      path: nativePath,
      headers: { Connection: 'Upgrade', Upgrade: 'sercli' },
      timeout: timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    dialling.on('upgrade', (_response, socket: Socket, head: Buffer) => {
      socket.setTimeout(0);
      resolve(new StreamCarrier(socket, head));
    });
    dialling.on('response', (response: IncomingMessage) => {
      response.resume();
      dialling.destroy();
      reject(notAnAgent(address, `it answers HTTP ${response.statusCode}`));
    });
    dialling.on('timeout', () => dialling.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    dialling.on('error', (error) => reject(dialError(address, error)));
    dialling.end();
  });
}

async function dialWebSocket(
  address: AgentAddress,
  { signal, timeoutMs = dialTimeoutMs }: DialOptions,
): Promise<Carrier> {
  const { WebSocket } = await import('ws');
  const url = `wss://${formatAgentAddress({ ...address, carrier: 'stream' }).replace(/%[^\]]*/, '')}${nativePath}`;
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, {
      ...tlsOptions,
      host: address.host,
      port: address.tcpPort,
      handshakeTimeout: timeoutMs,
      perMessageDeflate: false,
    });
    const abort = (): void => webSocket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    let socket: Socket | undefined;
    webSocket.once('upgrade', (response) => {
      socket = response.socket;
    });
    webSocket.once('open', () => {
      signal?.removeEventListener('abort', abort);
      webSocket.off('error', fail);
      if (socket !== undefined) resolve(new WebSocketCarrier(webSocket, socket));
    });
    const fail = (error: Error): void => {
      const status = /server response: (\d+)/.exec(error.message)?.[1];
      if (signal?.aborted) reject(dialError(address, signal.reason));
      else if (status !== undefined) reject(notAnAgent(address, `it answers HTTP ${status}`));
      else reject(dialError(address, error));
    };
    webSocket.on('error', fail);
  });
}

/** Errors of the way to the agent, by what the user can do about them. */
export function dialError({ host, tcpPort }: AgentAddress, cause: unknown): SercliError {
  const code = cause instanceof Error ? String((cause as NodeJS.ErrnoException).code ?? '') : '';
  if (cause instanceof Error && cause.name === 'AbortError') {
    return new SercliError('aborted', { what: `connecting to ${host}` }, { cause });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new SercliError('host-not-found', { host, reason: 'the resolver does not know it' }, { cause });
  }
  // What speaks no TLS, or no HTTP behind it: EPROTO and ERR_SSL_* of OpenSSL, HPE_* of the HTTP parser.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('HPE_')) {
    return notAnAgent({ host, tcpPort, carrier: 'stream' }, 'it does not speak TLS 1.3 and HTTP', cause);
  }
  const isRefused = code === 'ECONNREFUSED';
  const remedy = isRefused ? 'start one there with: sercli agent --open' : 'check the network and the address';
  return new SercliError(
    'agent-unreachable',
    { place: formatPlace(host, tcpPort), reason: reasonOf(cause), remedy },
    { cause },
  );
}

function notAnAgent({ host, tcpPort }: AgentAddress, reason: string, cause?: unknown): SercliError {
  return new SercliError('not-an-agent', { place: formatPlace(host, tcpPort), reason }, { cause });
}
