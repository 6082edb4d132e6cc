import { constants } from 'node:crypto';
import type { Server as HttpServer, IncomingMessage, RequestListener, ServerOptions, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { type AgentLimits, defaultAgentLimits, formatPlace, SercliError } from '@sercli/protocol';
import type { Carrier } from '../carriers/carrier.ts';
import { StreamCarrier } from '../carriers/stream-carrier.ts';
import { WebSocketCarrier } from '../carriers/websocket-carrier.ts';
import type { Identity } from '../identity.ts';
import { type Peer, tlsPeer } from '../peer.ts';
import { type AcceptEvents, acceptConnections } from './accept-connections.ts';
import { nativePath } from './dial.ts';
import { type HttpRefusal, refuseRequest, refuseSocket, securityHeaders } from './http-answers.ts';
import { listenTcp } from './listen-tcp.ts';
import { refusalOf } from './request-guard.ts';

/** What clients are given that are let in. */
export interface ServeOptions {
  readonly limits?: AgentLimits;
  /** Whether the machine goes by this name, which is in lower case; what is sent to another name is refused. */
  hasName(name: string): boolean;
  /** Why a client may not speak the native protocol; undefined if it may. */
  refusal(peer: Peer): HttpRefusal | undefined;
  /** A client that speaks the native protocol. */
  onCarrier(carrier: Carrier, peer: Peer): void;
  /** Every other HTTP request, from whomever it comes. */
  onRequest(request: IncomingMessage, response: ServerResponse, peer: Peer): void;
}

/** How a listener knows who came by one of its sockets. */
export type PeerOf = (socket: Socket) => Peer;

/** Where to listen, who this is, and who is let in. */
export interface ListenOptions extends ServeOptions, AcceptEvents {
  /** An IP address, or `::` for all interfaces, with IPv6 or without. */
  readonly address: string;
  /** 0: any free one. */
  readonly tcpPort: number;
  readonly identity: Identity;
}

/** A listening TCP port with TLS 1.3 and HTTP in front of the native protocol. */
export interface NativeListener {
  /** `127.0.0.1:7372` */
  readonly address: string;
  /** The IP address alone. */
  readonly host: string;
  readonly tcpPort: number;
  /** Stops listening and cuts what is left of its connections. */
  close(): Promise<void>;
}

/**
 * Listens for clients: `Upgrade: sercli` and WebSocket for the native protocol, everything else is HTTP. Each client is
 * asked for its certificate; what to do about one without is for the owner to say.
 *
 * @throws SercliError `listen-failed`, `listen-busy`
 */
export async function listenNative(options: ListenOptions): Promise<NativeListener> {
  const limits = options.limits ?? defaultAgentLimits;
  const server = createServer(
    {
      ...options.identity,
      ...askForCertificate(options.identity),
      ...boundedHttp(limits),
      minVersion: 'TLSv1.3',
      handshakeTimeout: limits.handshakeMs,
    },
    guardedListener(limits, options, peerOfTls),
  );
  const sockets = acceptConnections(server, limits, options);
  server.on('tlsClientError', (_error, socket) => void socket.destroy());
  // No ticket was given to anybody, so nobody who is honest resumes one: it would show the identity of another time.
  server.on('secureConnection', (socket) => socket.isSessionReused() && socket.destroy());
  serveClients(server, limits, options, peerOfTls);
  await listenTcp(server, { host: options.address, tcpPort: options.tcpPort, option: '--listen' });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: formatPlace(address, port),
    host: address,
    tcpPort: port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Whatever certificate a client shows, it has proved to have its key; no authority is asked. Those that are named here are
 * told to browsers, which then do not trouble their users with certificates that are meant for others.
 */
function askForCertificate({ cert }: Identity) {
  return { requestCert: true, rejectUnauthorized: false, ca: [cert], secureOptions: constants.SSL_OP_NO_TICKET };
}

function peerOfTls(socket: Socket): Peer {
  if (socket instanceof TLSSocket) return tlsPeer(socket);
  throw new SercliError('internal', { what: 'a connection without TLS came to a listener with TLS' });
}

/** The limits of an HTTP server, as node:http calls them. */
export function boundedHttp(limits: AgentLimits): ServerOptions {
  return {
    headersTimeout: limits.handshakeMs,
    requestTimeout: limits.handshakeMs,
    // How often Node looks whether these two are over; 30 s unless said otherwise.
    connectionsCheckingInterval: Math.ceil(limits.handshakeMs / 5),
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
  };
}

/** Answers the requests that nothing speaks against. */
export function guardedListener(limits: AgentLimits, options: ServeOptions, peerOf: PeerOf): RequestListener {
  return (request, response) => {
    response.setHeaders(new Map(securityHeaders));
    const refusal = refusalOf(request, { ...options, ...limits });
    if (refusal === undefined) options.onRequest(request, response, peerOf(request.socket));
    else refuseRequest(request, response, refusal);
  };
}

/** Serves those whom the server has let in. */
export function serveClients(
  server: HttpServer | Server,
  limits: AgentLimits,
  options: ServeOptions,
  peerOf: PeerOf,
): void {
  server.timeout = limits.unreadAnswerMs;
  server.on('clientError', refuseFaulty);
  server.on('upgrade', upgrader(limits, options, peerOf));
}

/** What came is no HTTP, too large, or too late. */
function refuseFaulty(error: NodeJS.ErrnoException, socket: Duplex): void {
  // An answer to an earlier request may be under way.
  if (!(socket instanceof Socket) || socket.bytesWritten > 0) return void socket.destroy();
  const { code = '' } = error;
  const status = faultStatus[code] ?? 400;
  refuseSocket(socket, { status, error: { code: 'bad-request', message: `the request cannot be read: ${code}` } });
}

const faultStatus: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Makes carriers of the requests that ask for one. */
function upgrader(limits: AgentLimits, options: ServeOptions, peerOf: PeerOf) {
  const upgradeWebSocket = webSocketUpgrader(limits);
  return (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    // That was for HTTP: what is upgraded has a keepalive of its own.
    socket.setTimeout(0);
    const peer = peerOf(socket);
    const refusal = refusalOf(request, { ...options, ...limits }) ?? refusedUpgrade(request) ?? options.refusal(peer);
    if (refusal !== undefined) return refuseSocket(socket, refusal);
    const carry = (carrier: Carrier): void => options.onCarrier(carrier, peer);
    if (isWebSocket(request)) return void upgradeWebSocket(request, socket, head, carry);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sercli\r\n\r\n');
    carry(new StreamCarrier(socket, head));
  };
}

function refusedUpgrade(request: IncomingMessage): HttpRefusal | undefined {
  if (request.url !== nativePath) {
    return { status: 404, error: { code: 'not-found', message: `only ${nativePath} can be upgraded` } };
  }
  if (isWebSocket(request) || request.headers.upgrade?.toLowerCase() === 'sercli') return undefined;
  return { status: 400, error: { code: 'upgrade', message: 'upgrade to sercli or websocket' } };
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** ws takes 40 ms to import, and most agents never see a WebSocket: it is loaded with the first one. */
function webSocketUpgrader(limits: AgentLimits) {
  const server = async () => {
    const { WebSocketServer } = await import('ws');
    const loading = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: limits.webSocketMessageBytes,
      clientTracking: false,
    });
    loading.on('wsClientError', ({ message }, socket) => {
      if (socket instanceof Socket) refuseSocket(socket, { status: 400, error: { code: 'upgrade', message } });
    });
    return loading;
  };
  let loaded: ReturnType<typeof server> | undefined;
  return async (
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    carry: (carrier: Carrier) => void,
  ): Promise<void> => {
    loaded ??= server();
    const webSocketServer = await loaded;
    webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      carry(new WebSocketCarrier(webSocket, socket));
    });
  };
}
