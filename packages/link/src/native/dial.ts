import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { formatAgentAddress, reasonOf, SercliError } from '@sercli/protocol';
import type { Carrier } from '../carriers/carrier.ts';
import { StreamCarrier } from '../carriers/stream-carrier.ts';
import { WebSocketCarrier } from '../carriers/websocket-carrier.ts';
import { type AgentPlace, agentConnector, dialTimeoutMs, formatAgentPlace, requestAgent } from './agent-place.ts';
import type { DialKeys } from './agent-tls.ts';
import { readRefusal } from './http-answers.ts';

/** The path of the native protocol on an agent, for `Upgrade: sercli` and for WebSocket. */
export const nativePath = '/v1/native';

/** How long dialling may take. */
export interface DialOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the agent has to answer; `dialTimeoutMs` unless said otherwise. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens a carrier to an agent.
 *
 * @throws SercliError `host-not-found`, `agent-unreachable`, `not-an-agent`, `not-authorized`, `host-name-refused`,
 *   `aborted`, and what `keys.verify` throws
 */
export function dial(place: AgentPlace, keys: DialKeys, options: DialOptions = {}): Promise<Carrier> {
  return place.carrier === 'websocket' ? dialWebSocket(place, keys, options) : dialStream(place, keys, options);
}

function dialStream(
  place: AgentPlace,
  keys: DialKeys,
  { signal, timeoutMs = dialTimeoutMs }: DialOptions,
): Promise<Carrier> {
  return new Promise((resolve, reject) => {
    const dialling = requestAgent(place, keys, {
      path: nativePath,
      headers: { Connection: 'Upgrade', Upgrade: 'sercli' },
      timeout: timeoutMs,
      signal,
    });
    dialling.on('upgrade', (_response, socket: Socket, head: Buffer) => {
      socket.setTimeout(0);
      resolve(new StreamCarrier(socket, head));
    });
    dialling.on('response', (response: IncomingMessage) => {
      void refusalError(place, response).then((error) => {
        dialling.destroy();
        reject(error);
      });
    });
    dialling.on('timeout', () => dialling.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    dialling.on('error', (error) => reject(dialError(place, error, signal)));
    dialling.end();
  });
}

async function dialWebSocket(
  place: AgentPlace,
  keys: DialKeys,
  { signal, timeoutMs = dialTimeoutMs }: DialOptions,
): Promise<Carrier> {
  const { WebSocket } = await import('ws');
  const url = `wss://${formatAgentAddress({ ...place, carrier: 'stream' }).replace(/%[^\]]*/, '')}${nativePath}`;
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(url, {
      createConnection: agentConnector(place, keys, { signal, timeout: timeoutMs }),
      handshakeTimeout: timeoutMs,
      perMessageDeflate: false,
    });
    const abort = (): void => webSocket.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    webSocket.once('close', () => signal?.removeEventListener('abort', abort));
    let socket: Socket | undefined;
    webSocket.once('upgrade', (response) => {
      socket = response.socket;
    });
    webSocket.once('open', () => {
      signal?.removeEventListener('abort', abort);
      webSocket.off('error', fail);
      if (socket !== undefined) resolve(new WebSocketCarrier(webSocket, socket));
    });
    webSocket.once('unexpected-response', (_request, response) => {
      void refusalError(place, response).then((error) => {
        reject(error);
        webSocket.terminate();
      });
    });
    const fail = (error: Error): void => reject(dialError(place, error, signal));
    webSocket.on('error', fail);
  });
}

/** What an agent says that refuses a request; `not-an-agent` if it says nothing that agents say. */
export async function refusalError(place: AgentPlace, response: IncomingMessage): Promise<SercliError> {
  return (await readRefusal(response)) ?? notAnAgent(place, `it answers HTTP ${response.statusCode}`);
}

/** Errors of the way to the agent, by what the user can do about them. */
export function dialError(place: AgentPlace, cause: unknown, signal: AbortSignal | undefined): SercliError {
  if (cause instanceof SercliError) return cause;
  const { host } = place;
  const code = cause instanceof Error ? String((cause as NodeJS.ErrnoException).code ?? '') : '';
  // Whatever its reason is: that of AbortSignal.timeout is no AbortError.
  if (signal?.aborted === true) {
    return new SercliError('aborted', { what: `connecting to ${host}` }, { cause });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new SercliError('host-not-found', { host, reason: 'the resolver does not know it' }, { cause });
  }
  // What speaks no TLS, or no HTTP behind it: EPROTO and ERR_SSL_* of OpenSSL, HPE_* of the HTTP parser.
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('HPE_')) {
    return notAnAgent(place, 'it does not speak TLS 1.3 and HTTP', cause);
  }
  const isRefused = code === 'ECONNREFUSED';
  const remedy = isRefused ? 'start one there with: sercli agent' : 'check the network and the address';
  return new SercliError(
    'agent-unreachable',
    { place: formatAgentPlace(place), reason: reasonOf(cause), remedy },
    { cause },
  );
}

function notAnAgent(place: AgentPlace, reason: string, cause?: unknown): SercliError {
  return new SercliError('not-an-agent', { place: formatAgentPlace(place), reason }, { cause });
}
