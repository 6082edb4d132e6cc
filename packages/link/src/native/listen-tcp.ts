import type { Server } from 'node:net';
import { formatPlace, reasonOf, SercliError } from '@sercli/protocol';

/** Where a server is to listen, and by which option somebody said so. */
export interface TcpPlace {
  /** An IP address or a name of this machine; `::` is all interfaces, with IPv6 or without. */
  readonly host: string;
  /** 0: any free one. */
  readonly tcpPort: number;
  /** How the user chooses another place, for messages: `--listen`. */
  readonly option: string;
}

/**
 * Makes a server listen.
 *
 * @throws SercliError `listen-failed`, `listen-busy`
 */
export function listenTcp(server: Server, { host, tcpPort, option }: TcpPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    // Later ones are of connections that could not be accepted, as without descriptors (accept(2)): the next one may be.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const address = formatPlace(host, tcpPort);
      if (cause.code === 'EADDRINUSE') return reject(new SercliError('listen-busy', { address, option }, { cause }));
      const remedy = `give an address of this machine with ${option}`;
      reject(new SercliError('listen-failed', { address, reason: reasonOf(cause), remedy }, { cause }));
    });
    // Without a host Node takes `::`, or 0.0.0.0 on machines without IPv6, where `::` alone would fail.
    const place = host === '::' ? {} : { host };
    server.listen({ ...place, port: tcpPort }, () => resolve());
  });
}
