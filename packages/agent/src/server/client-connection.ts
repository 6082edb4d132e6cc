import { type Carrier, NativeEndpoint, ServedSession } from '@sercli/link';
import { type AccepterSession, defaultLimits, type MessageOf, SercliError, toSercliError } from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import type { PortRegistry } from '../ports/port-registry.ts';

export interface ClientConnectionOptions {
  readonly name: string;
  readonly software: string;
  readonly registry: PortRegistry;
  readonly logger: Logger;
  /** Called once when the connection is over. */
  ended(connection: ClientConnection): void;
}

/** One client's connection: its sessions get links on the ports they name. */
export class ClientConnection {
  readonly #endpoint: NativeEndpoint;
  readonly #options: ClientConnectionOptions;
  #clientName = 'unnamed';

  constructor(carrier: Carrier, options: ClientConnectionOptions) {
    this.#options = options;
    const { name, software, logger } = options;
    const address = carrier.peerAddress;
    this.#endpoint = new NativeEndpoint(
      carrier,
      { role: 'accepter', name, software, limits: defaultLimits },
      {
        greeted: (hello) => {
          this.#clientName = hello.name;
          logger.debug({ address, software: hello.software }, `${hello.name} (${address}) is connected`);
        },
        open: (session, open) => void this.#open(session, open),
        ended: (error) => {
          if (error !== undefined) logger.info({ address, code: error.code }, `${address}: ${error.message}`);
          options.ended(this);
        },
      },
    );
  }

  close(): void {
    this.#endpoint.close(new SercliError('connection-lost', { host: this.#options.name, reason: 'the agent ends' }));
  }

  async #open(session: AccepterSession, { port: portName, settings }: MessageOf<'open'>): Promise<void> {
    const { registry, logger } = this.#options;
    const holder = { name: this.#clientName, address: this.#endpoint.peerAddress };
    try {
      const port = await registry.get(portName);
      const link = await port.openSession(holder, settings);
      new ServedSession(session, link, port.epoch, () => this.#endpoint.touch());
    } catch (error) {
      const told = toSercliError(error);
      logger.info(
        { port: portName, holder, code: told.code },
        `refused ${holder.name} (${holder.address}): ${told.message}`,
      );
      session.close(told, performance.now());
    }
  }
}
