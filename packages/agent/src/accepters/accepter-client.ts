import type { Socket } from 'node:net';
import { AccepterSession, type SerialLink } from '@sercli/link';
import { type AccessProtocol, reasonOf, type SercliError } from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import type { SessionLink } from '../ports/session-link.ts';
import type { AccepterConfig } from './accepter-config.ts';

export interface AccepterClientOptions {
  readonly socket: Socket;
  readonly link: SessionLink;
  readonly config: AccepterConfig;
  readonly logger: Logger;
  /** What the client is sent first, */
  readonly banner: Uint8Array | undefined;
  /** and the device. */
  readonly openText: Uint8Array | undefined;
  /** What it speaks is known. */
  decided(protocol: AccessProtocol): void;
}

/** A client of an accepter that has a session on a port. */
export class AccepterClient {
  readonly link: SessionLink;
  readonly #options: AccepterClientOptions;
  #session: AccepterSession | undefined;

  constructor(options: AccepterClientOptions) {
    this.#options = options;
    this.link = options.link;
  }

  get protocol(): AccessProtocol {
    return this.#session?.protocol ?? this.#options.config.protocol;
  }

  /** Bytes that it sent and that went nowhere, since others control the port. */
  get refusedBytes(): number {
    return this.#session?.refusedBytes ?? 0;
  }

  /** Serves the client; resolves when it is gone, and its session with it. */
  async serve(): Promise<void> {
    const { socket, link, config, logger, banner, openText, decided } = this.#options;
    const { name: port } = link.info;
    await this.#prepareDevice(openText);
    const { paceBytesPerSecond, idleMs, signature } = config;
    this.#session = new AccepterSession({
      link,
      stream: socket,
      protocol: config.protocol,
      telnetBreakOnSync: config.breakOnSync,
      allowsSettings: config.remoteControl && link.hasControl,
      ...(signature === undefined ? {} : { signature }),
      ...(banner === undefined ? {} : { banner }),
      ...(paceBytesPerSecond === undefined ? {} : { writePaceBytesPerSecond: paceBytesPerSecond }),
      ...(idleMs === 0 ? {} : { idleMs }),
      onDecided: decided,
      onInDoubt: (bytes) => {
        const { name, address } = link.holder;
        const what = `the last ${bytes} bytes of ${name} (${address}) may or may not have left the device`;
        logger.warn({ port, bytes }, `${port}: ${what}`);
      },
    });
    const error = await this.#session.closed;
    const ownError = link.state.kind === 'closed' ? link.state.error : undefined;
    // What ended the link is logged with the port; this ended the connection.
    if (error !== undefined && error !== ownError) {
      const { name, address } = link.holder;
      logger.info({ port, code: error.code }, `${port}: ${name} (${address}) was disconnected: ${error.message}`);
    }
  }

  abort(error: SercliError): void {
    this.link.abort(error);
  }

  /** What is done to the device before the client's first byte. */
  async #prepareDevice(openText: Uint8Array | undefined): Promise<void> {
    const { link, config, logger } = this.#options;
    if (!link.hasControl) return;
    const { pulseDtrMs } = config;
    try {
      if (pulseDtrMs > 0) await link.runSequence([{ dtr: false, waitMs: pulseDtrMs }, { dtr: true }]);
    } catch (error) {
      const { name: port } = link.info;
      logger.warn({ port }, `${port}: DTR was not pulsed: ${reasonOf(error)}`);
    }
    if (openText !== undefined) await writeAll(link, openText);
  }
}

/** Resolves when the link has taken all, or takes no more for good. */
function writeAll(link: SerialLink, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  return new Promise((resolve) => {
    const write = (): void => {
      rest = rest.subarray(link.write(rest));
      if (rest.length === 0 || !link.hasControl || link.state.kind === 'closed') resolve();
    };
    link.listen({ readable: () => undefined, writable: write, event: write });
    write();
  });
}
