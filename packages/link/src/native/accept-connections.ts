import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { AgentLimits } from '@sercli/protocol';
import { plainAddress } from '../carriers/peer-address.ts';
import { ConnectionCounts } from './connection-counts.ts';
import { HandshakeQueue } from './handshake-queue.ts';

/** What is told of connections before anything is known but where they come from. */
export interface AcceptEvents {
  /** A connection from `address` was cut off because there are too many. */
  onCrowded(address: string): void;
  /** A connection from `address` has to wait for its TLS handshake because there are too many. */
  onSlowed(address: string): void;
}

/** Cuts off who has too many connections, and has TLS begin on the others in turn; returns those that are open. */
export function acceptConnections(server: Server, limits: AgentLimits, events: AcceptEvents): ReadonlySet<Socket> {
  // Upgraded sockets are no longer the server's: closeAllConnections() leaves them open.
  const sockets = new Set<Socket>();
  const counts = new ConnectionCounts(limits.connectionsPerAddress);
  const queue = new HandshakeQueue({
    limits,
    begin: takeTlsFrom(server),
    onSlowed: (address) => events.onSlowed(address),
  });
  server.maxConnections = limits.connections;
  server.on('drop', (dropped) => events.onCrowded(plainAddress(dropped?.remoteAddress ?? 'unknown')));
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!counts.add(address)) {
      events.onCrowded(address);
      return void socket.destroy();
    }
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      counts.remove(address);
    });
    queue.add(socket, address);
  });
  return sockets;
}

/**
 * From now on the server begins no TLS by itself; what is returned has it begin on a socket. tls.Server does so as its own
 * listener of `connection`, an event that may be emitted for a socket at any time (node:tls, Event: 'connection').
 */
function takeTlsFrom(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return (socket) => {
    for (const listener of listeners) Reflect.apply(listener, server, [socket]);
  };
}
