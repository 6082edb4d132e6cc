import type { Socket } from 'node:net';
import { ConnectionCounts, plainAddress } from '@sercli/link';
import type { AgentLimits } from '@sercli/protocol';

/** Counts the connections of all accepters together, and lets no more in than there may be. */
export class ConnectionGate {
  readonly #limits: AgentLimits;
  readonly #sockets = new Set<Socket>();
  readonly #counts: ConnectionCounts;

  constructor(limits: AgentLimits) {
    this.#limits = limits;
    this.#counts = new ConnectionCounts(limits.accepterConnectionsPerAddress);
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Whether there is room for one more; it counts until it is closed. */
  enter(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (this.#sockets.size >= this.#limits.accepterConnections || !this.#counts.add(address)) return false;
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#counts.remove(address);
    });
    return true;
  }

  /** Cuts all that are left. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
