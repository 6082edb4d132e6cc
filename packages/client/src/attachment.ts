import type { SerialLink } from '@sercli/link';
import {
  formatPortAddress,
  type LineSettings,
  type ListedPort,
  type PortAddress,
  SercliError,
  toSercliError,
} from '@sercli/protocol';
import { VirtualPort } from '@sercli/virtual-port';
import type { AgentConnections } from './agent-connections.ts';
import { type AttachmentEvent, type AttachmentOptions, virtualPortOptions } from './attachment-options.ts';
import { Backoff } from './backoff.ts';
import { listPorts } from './port-directory.ts';
import { Relay } from './relay.ts';
import { mayPass, waitToRetry } from './retry-wait.ts';

/** A far port that was open for so long is tried again at once when it is lost; one that ends at once is not. */
const steadyMs = 10_000;

type FarPort =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly giveUp: AbortController }
  | { readonly kind: 'up'; readonly link: SerialLink; readonly relay: Relay }
  | { readonly kind: 'waiting'; readonly giveUp: AbortController }
  | { readonly kind: 'ended' };

/** A port of an agent as a local virtual port, for as long as it is wanted. */
export class Attachment {
  readonly address: PortAddress;
  readonly port: VirtualPort;
  /** Resolves when the attachment is over: to the error that ended it, if one did. */
  readonly ended: Promise<SercliError | undefined>;
  readonly #connections: AgentConnections;
  readonly #options: AttachmentOptions;
  readonly #backoff = new Backoff();
  #farPort: FarPort = { kind: 'idle' };
  /** When the far port was opened last. */
  #upAt = 0;
  #unreadBytes = 0;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  private constructor(
    address: PortAddress,
    connections: AgentConnections,
    port: VirtualPort,
    options: AttachmentOptions,
  ) {
    this.address = address;
    this.port = port;
    this.#connections = connections;
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    port.listen({
      opened: () => this.#applicationOpened(),
      closed: () => this.#applicationClosed(),
      readable: () => this.#relay?.moveToDevice(),
      writable: () => this.#relay?.moveToApplication(),
      settings: (settings) => this.#relay?.applySettings(settings),
      flush: (queue) => this.#relay?.flush(queue),
    });
    void port.closed.then((error) => this.#end(error));
  }

  /**
   * Attaches a port: when this resolves, programs can use the virtual port.
   *
   * @throws SercliError what finding the agent, opening the port and making the virtual port throw
   */
  static async start(
    address: PortAddress,
    connections: AgentConnections,
    options: AttachmentOptions = {},
  ): Promise<Attachment> {
    const { isPatient = false, signal = new AbortController().signal, told } = options;
    const backoff = new Backoff();
    for (;;) {
      try {
        return await Attachment.#startNow(address, connections, options);
      } catch (cause) {
        const error = toSercliError(cause);
        if (!isPatient || !mayPass(error) || signal.aborted) throw cause;
        const retryMs = backoff.next();
        told?.({ kind: 'lost', error, inDoubtBytes: 0, retryMs });
        await waitToRetry(address, error, { ms: retryMs, locator: connections.locator, signal });
      }
    }
  }

  static async #startNow(
    address: PortAddress,
    connections: AgentConnections,
    options: AttachmentOptions,
  ): Promise<Attachment> {
    const { isOnDemand = false, settings = {}, signal } = options;
    if (isOnDemand) return Attachment.#startOnDemand(address, connections, options);
    const link = await connections.open(address, settings, { signal });
    try {
      const port = await VirtualPort.create(virtualPortOptions(options, link.settings));
      const attachment = new Attachment(address, connections, port, options);
      attachment.#up(link);
      return attachment;
    } catch (error) {
      link.abort(toSercliError(error));
      throw error;
    }
  }

  /** The far port is only looked up. */
  static async #startOnDemand(
    address: PortAddress,
    connections: AgentConnections,
    options: AttachmentOptions,
  ): Promise<Attachment> {
    const { agent, ports } = await listPorts(address, { locator: connections.locator, signal: options.signal });
    const found = ports.find((port) => port.name === address.port);
    if (found === undefined) {
      const names = ports.map((port) => port.name).join(', ') || 'none';
      throw new SercliError('port-not-found', { port: address.port, host: agent.name, ports: names });
    }
    refuseAbsent(found, agent.name);
    const port = await VirtualPort.create(virtualPortOptions(options, { ...found.settings, ...options.settings }));
    return new Attachment(address, connections, port, options);
  }

  get state(): FarPort['kind'] {
    return this.#farPort.kind;
  }

  /** In force on the far port, or, while it is not open, on the virtual one. */
  get settings(): LineSettings {
    return this.#farPort.kind === 'up' ? this.#farPort.link.settings : this.port.settings;
  }

  /** Bytes that the device sent while no application had the virtual port open; they were discarded. */
  get unreadBytes(): number {
    return this.#unreadBytes + (this.#relay?.unreadBytes ?? 0);
  }

  get movedBytes(): Relay['movedBytes'] {
    return this.#relay?.movedBytes ?? { toApplication: 0, toDevice: 0 };
  }

  /** Ends the attachment: what the application wrote is handed to the device first. */
  async close(): Promise<void> {
    await this.#closeFarPort({ kind: 'ended' });
    await this.port.close();
    this.#settle(undefined);
  }

  get #relay(): Relay | undefined {
    return this.#farPort.kind === 'up' ? this.#farPort.relay : undefined;
  }

  #applicationOpened(): void {
    this.#tell({ kind: 'application', isOpen: true });
    if (this.#options.isOnDemand && this.#farPort.kind === 'idle') void this.#open();
    this.#relay?.moveToApplication();
  }

  #applicationClosed(): void {
    this.#tell({ kind: 'application', isOpen: false });
    if (this.#options.isOnce) return void this.close();
    if (this.#options.isOnDemand) void this.#closeFarPort({ kind: 'idle' });
    this.#relay?.moveToApplication();
  }

  async #open(): Promise<void> {
    const giveUp = new AbortController();
    this.#farPort = { kind: 'opening', giveUp };
    try {
      const wanted = this.#options.isFixed ? (this.#options.settings ?? {}) : this.port.settings;
      const link = await this.#connections.open(this.address, wanted, { signal: giveUp.signal });
      if (giveUp.signal.aborted)
        return link.abort(new SercliError('aborted', { what: formatPortAddress(this.address) }));
      this.#up(link);
    } catch (error) {
      if (!giveUp.signal.aborted) this.#lost(toSercliError(error));
    }
  }

  #up(link: SerialLink): void {
    const relay = new Relay(this.port, link, {
      isFixed: this.#options.isFixed ?? false,
      told: (event) => this.#tell(event),
    });
    this.#farPort = { kind: 'up', link, relay };
    this.#upAt = performance.now();
    this.#tell({ kind: 'up', settings: link.settings });
    void link.closed.then((error) => {
      if (this.#farPort.kind === 'up' && this.#farPort.link === link) {
        const inDoubtBytes = link.writeOffset - link.takenOffset;
        const why = error ?? new SercliError('session-ended', { port: link.info.name, reason: 'it was closed' });
        this.#lost(why, inDoubtBytes);
      }
    });
  }

  /** The far port is gone and may come back: the application keeps its virtual port and sees a pause. */
  #lost(error: SercliError, inDoubtBytes = 0): void {
    if (this.#farPort.kind === 'ended') return;
    this.#keepCount();
    if (this.#options.isOnce) return void this.#fail(error);
    if (performance.now() - this.#upAt > steadyMs) this.#backoff.reset();
    const retryMs = this.#backoff.next();
    const giveUp = new AbortController();
    this.#farPort = { kind: 'waiting', giveUp };
    this.#tell({ kind: 'lost', error, inDoubtBytes, retryMs });
    void this.#retry(error, retryMs, giveUp.signal);
  }

  async #retry(error: SercliError, ms: number, signal: AbortSignal): Promise<void> {
    await waitToRetry(this.address, error, { ms, locator: this.#connections.locator, signal });
    if (!signal.aborted) await this.#open();
  }

  async #fail(error: SercliError): Promise<void> {
    this.#farPort = { kind: 'ended' };
    await this.port.close();
    this.#settle(error);
  }

  async #closeFarPort(next: Extract<FarPort, { kind: 'idle' | 'ended' }>): Promise<void> {
    const farPort = this.#farPort;
    this.#keepCount();
    if (farPort.kind === 'ended') return;
    this.#farPort = next;
    if (farPort.kind === 'waiting' || farPort.kind === 'opening') farPort.giveUp.abort();
    if (farPort.kind === 'up') await farPort.link.close();
    if (next.kind === 'idle') {
      this.#tell({ kind: 'idle' });
      // The application may have come back while the far port was closed.
      if (this.port.isOpen && this.#farPort.kind === 'idle') void this.#open();
    }
  }

  #keepCount(): void {
    this.#unreadBytes += this.#relay?.unreadBytes ?? 0;
  }

  #end(error: SercliError | undefined): void {
    if (error === undefined || this.#farPort.kind === 'ended') return;
    void this.#closeFarPort({ kind: 'ended' }).then(() => this.#settle(error));
  }

  #tell(event: AttachmentEvent): void {
    this.#options.told?.(event);
  }
}

/** A port that is only listed, or whose device is gone, cannot be opened when an application comes. */
function refuseAbsent({ name, state, reason = '' }: ListedPort, host: string): void {
  if (state === 'unavailable') throw new SercliError('port-unavailable', { port: name, host, reason });
  if (state === 'lost') throw new SercliError('device-lost', { device: `${name} on ${host}`, reason });
}
