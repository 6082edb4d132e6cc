import { type Carrier, type HeldSessions, NativeEndpoint, type Peer, ServedSession } from '@sercli/link';
import { type AccepterSession, defaultLimits, type MessageOf, SercliError, toSercliError } from '@sercli/protocol';
import type { Access } from '../access/access.ts';
import { shownName } from '../access/client-name.ts';
import type { Logger } from '../logger.ts';
import type { PortRegistry } from '../ports/port-registry.ts';
import type { SessionBook } from './session-book.ts';

export interface ClientConnectionOptions {
  readonly peer: Peer;
  readonly access: Access;
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

/** One client's connection: its sessions get links on the ports they name, as far as it may use them. */
export class ClientConnection {
  readonly #endpoint: NativeEndpoint;
  readonly #options: ClientConnectionOptions;
  #clientName = 'unnamed';
  #clientSoftware = 'unknown';

  constructor(carrier: Carrier, options: ClientConnectionOptions) {
    this.#options = options;
    const { name, software, logger, peer } = options;
    const { address } = peer;
    this.#endpoint = new NativeEndpoint(
      carrier,
      { role: 'accepter', name, software, limits: defaultLimits },
      {
        greeted: (hello) => {
          this.#clientName = shownName(hello.name);
          this.#clientSoftware = shownName(hello.software);
          logger.debug({ address, software: hello.software }, `${this.#clientName} (${address}) is connected`);
        },
        open: (session, open) => void this.#open(session, open),
        resume: (token) => options.held.find(token, { client: clientOf(peer), address }),
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

  /** Ends, if the client may not be connected any more. */
  review(): void {
    const { access, peer } = this.#options;
    const refusal = access.refusal(peer, 'connect');
    if (refusal !== undefined) this.#endpoint.close(refusal);
  }

  async #open(session: AccepterSession, { port: portName, settings, ...wanted }: MessageOf<'open'>): Promise<void> {
    const { registry, held, sessions, logger, peer, access } = this.#options;
    const software = this.#clientSoftware;
    const { address, fingerprint } = peer;
    const holder = { name: access.rightsOf(peer).name ?? this.#clientName, address, fingerprint };
    const { role = 'control', takes = false, start = { kind: 'now' } } = wanted;
    try {
      this.#refuse(portName, role);
      const port = await registry.get(portName);
      const link = await port.openSession({ holder, settings, role, whenBusy: takes ? 'take' : 'refuse', start });
      const holding = held.hold(session, {
        client: clientOf(peer),
        graceMs: port.policy.graceMs,
        cut: (reason) => link.setCut(reason),
        resumed: (newAddress) => {
          holder.address = newAddress;
          link.setCut(undefined);
        },
      });
      const beside = port.controllerBeside(link);
      const controller = link.hasControl ? undefined : beside;
      new ServedSession({ session, link, epoch: port.epoch, controller, held: holding });
      // Somebody may have begun to share the port while it was being opened.
      if (link.hasControl && beside !== undefined) {
        link.event({ kind: 'control', hasControl: true, controller: beside, unsentBytes: 0 });
      }
      const carriage = () => ({ software, reconnects: session.resumptions, windowBytes: session.windowBytes });
      sessions.add({ port: portName, role, peer, link, carriage });
      // Rights may have gone while the device was being opened.
      const refusal = access.sessionRefusal(peer, { port: portName, role });
      if (refusal !== undefined) link.abort(refusal);
    } catch (error) {
      const told = toSercliError(error);
      logger.info(
        { port: portName, holder, code: told.code },
        `refused ${holder.name} (${holder.address}): ${told.message}`,
      );
      session.close(told, performance.now());
    }
  }

  #refuse(port: string, role: 'control' | 'monitor'): void {
    const { access, peer } = this.#options;
    const refusal = access.sessionRefusal(peer, { port, role });
    if (refusal !== undefined) throw refusal;
  }
}

/** Who a session belongs to: a key, or all those who showed none. */
function clientOf({ fingerprint, isLocal }: Peer): string {
  return fingerprint ?? (isLocal ? 'the control socket' : 'nobody in particular');
}
