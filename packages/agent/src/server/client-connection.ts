import { type Carrier, type HeldSessions, NativeEndpoint, ServedSession } from '@sercli/link';
import { type AccepterSession, defaultLimits, type MessageOf, SercliError, toSercliError } from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import type { PortRegistry } from '../ports/port-registry.ts';
import type { SessionBook } from './session-book.ts';

export interface ClientConnectionOptions {
  readonly name: string;
  readonly software: string;
  readonly registry: PortRegistry;
  /** Where sessions are held whose client is cut off. */
  readonly held: HeldSessions;
  /** Where sessions are entered for those who ask who is there. */
  readonly sessions: SessionBook;
  readonly logger: Logger;
  /** Called once when the connection is over. */
  ended(connection: ClientConnection): void;
}

/** One client's connection: its sessions get links on the ports they name. */
export class ClientConnection {
  readonly #endpoint: NativeEndpoint;
  readonly #options: ClientConnectionOptions;
  #clientName = 'unnamed';
  #clientSoftware = 'unknown';

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
          this.#clientSoftware = hello.software;
          logger.debug({ address, software: hello.software }, `${hello.name} (${address}) is connected`);
        },
        open: (session, open) => void this.#open(session, open),
        resume: (token) => options.held.find(token, address),
        ended: (error) => {
          // Sessions tell of it themselves when their client is cut off.
          if (error !== undefined) logger.debug({ address, code: error.code }, `${address}: ${error.message}`);
          options.ended(this);
        },
      },
    );
  }

  close(): void {
    this.#endpoint.close(new SercliError('connection-lost', { host: this.#options.name, reason: 'the agent ends' }));
  }

  async #open(session: AccepterSession, { port: portName, settings, ...wanted }: MessageOf<'open'>): Promise<void> {
    const { registry, held, sessions, logger } = this.#options;
    const software = this.#clientSoftware;
    const holder = { name: this.#clientName, address: this.#endpoint.peerAddress };
    try {
      const port = await registry.get(portName);
      const { role = 'control', takes = false, start = { kind: 'now' } } = wanted;
      const link = await port.openSession({ holder, settings, role, takes, start });
      const holding = held.hold(session, {
        graceMs: port.policy.graceMs,
        cut: (reason) => link.setCut(reason),
        resumed: (address) => {
          holder.address = address;
          link.setCut(undefined);
        },
      });
      const controller = link.hasControl ? undefined : port.controller;
      new ServedSession({ session, link, epoch: port.epoch, controller, held: holding });
      sessions.add(portName, link, () => ({
        software,
        reconnects: session.resumptions,
        windowBytes: session.windowBytes,
      }));
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
