import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { formatPlace, reasonOf, SercliError } from '@sercli/protocol';
import type { Carrier } from '../carriers/carrier.ts';
import { plainAddress } from '../carriers/peer-address.ts';
import { StreamCarrier } from '../carriers/stream-carrier.ts';
import { WebSocketCarrier } from '../carriers/websocket-carrier.ts';
import type { Identity } from '../identity.ts';
import { nativePath } from './dial.ts';

/** What a listener lets strangers do before they have said anything. */
export interface ListenLimits {
  /** Connections at once; each holds a descriptor and 72 kB. */
  readonly connections: number;
  /** Milliseconds for the TLS handshake, and for the head of an HTTP request. */
  readonly handshakeMs: number;
  /** Bytes of one WebSocket message: a frame with its header. */
  readonly webSocketMessageBytes: number;
}

export const defaultListenLimits: ListenLimits = {
  connections: 512,
  handshakeMs: 5_000,
  webSocketMessageBytes: 65_536,
};

export interface ListenOptions {
  /** An IP address, or `::` for all interfaces. */
  readonly address: string;
  /** 0: any free one. */
  readonly tcpPort: number;
  readonly identity: Identity;
  readonly limits?: ListenLimits;
  /** Whom to serve; the others are cut off before TLS begins. */
  admits(address: string): boolean;
  /** A client that speaks the native protocol. */
  onCarrier(carrier: Carrier): void;
  /** Every other HTTP request. */
  onRequest: RequestListener;
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
 * Listens for clients: `Upgrade: sercli` and WebSocket for the native protocol, everything else is HTTP.
 *
 * @throws SercliError `listen-failed`, `listen-busy`
 */
export async function listenNative(options: ListenOptions): Promise<NativeListener> {
  const limits = options.limits ?? defaultListenLimits;
  const server = createServer(
    {
      ...options.identity,
      minVersion: 'TLSv1.3',
      handshakeTimeout: limits.handshakeMs,
      headersTimeout: limits.handshakeMs,
      requestTimeout: limits.handshakeMs,
    },
    options.onRequest,
  );
  server.maxConnections = limits.connections;
  const sockets = new Set<Socket>();
  // Upgraded sockets are no longer the server's: closeAllConnections() leaves them open.
  server.on('connection', (socket: Socket) => {
    if (!options.admits(plainAddress(socket.remoteAddress ?? ''))) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // Failed handshakes are the client's affair.
  server.on('tlsClientError', (_error, socket) => void socket.destroy());
  const upgradeWebSocket = webSocketUpgrader(limits, options.onCarrier);
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const protocol = request.headers.upgrade?.toLowerCase();
    if (request.url !== nativePath) return refuseUpgrade(socket, '404 Not Found');
    if (protocol === 'websocket') return void upgradeWebSocket(request, socket, head);
    if (protocol !== 'sercli') return refuseUpgrade(socket, '400 Bad Request');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: sercli\r\n\r\n');
    options.onCarrier(new StreamCarrier(socket, head));
  });
  await listen(server, options);
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

/** ws takes 40 ms to import, and most agents never see a WebSocket: it is loaded with the first one. */
function webSocketUpgrader(limits: ListenLimits, onCarrier: (carrier: Carrier) => void) {
  const server = async () => {
    const { WebSocketServer } = await import('ws');
    return new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: limits.webSocketMessageBytes,
      clientTracking: false,
    });
  };
  let loaded: ReturnType<typeof server> | undefined;
  return async (request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
    loaded ??= server();
    const webSocketServer = await loaded;
    webSocketServer.handleUpgrade(request, socket, head, (webSocket) => {
      onCarrier(new WebSocketCarrier(webSocket, socket));
    });
  };
}

function refuseUpgrade(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, { address, tcpPort }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = formatPlace(address, tcpPort);
      if (cause.code === 'EADDRINUSE') return reject(new SercliError('listen-busy', { address: where }, { cause }));
      const remedy = 'give an address of this machine with --listen';
      reject(new SercliError('listen-failed', { address: where, reason: reasonOf(cause), remedy }, { cause }));
    });
    server.listen({ host: address, port: tcpPort }, () => resolve());
  });
}
