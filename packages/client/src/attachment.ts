import type { LinkState, RemoteLink } from '@sercli/link';
import { type LineSettings, type PortAddress, type SercliError, toSercliError } from '@sercli/protocol';
import { preloadNatives, VirtualPort } from '@sercli/virtual-port';
import type { AgentConnections } from './agent-connections.ts';
import { type AttachmentEvent, type AttachmentOptions, openOptions, virtualPortOptions } from './attachment-options.ts';
import { lookUpFarPort } from './far-port.ts';
import { KeptPort, type PortLoss, type PortWish, wishAfter } from './kept-port.ts';
import { Relay } from './relay.ts';
import { mayBeLetIn, patiently } from './retry-wait.ts';

/** A port of an agent as a local virtual port, for as long as it is wanted. */
export class Attachment {
  readonly address: PortAddress;
  readonly port: VirtualPort;
  /** Resolves when the attachment is over: to the error that ended it, if one did. */
  readonly ended: Promise<SercliError | undefined>;
  readonly #options: AttachmentOptions;
  readonly #farPort: KeptPort;
  /** Of the link, or of the last one, which may still have bytes for the application. */
  #relay: Relay | undefined;
  /** What the application had set when the far port was asked for. */
  #asked: LineSettings | undefined;
  /** An application has opened the port at some time. */
  #wasOpened = false;
  /** When the application began to see a pause. */
  #pausedAt: number | undefined;
  /** Counts of the relays that are over. */
  #before = { unread: 0, refused: 0, toApplication: 0, toDevice: 0 };
  #settle: (error: SercliError | undefined) => void = () => undefined;

  private constructor(
    address: PortAddress,
    connections: AgentConnections,
    port: VirtualPort,
    options: AttachmentOptions,
  ) {
    this.address = address;
    this.port = port;
    this.#options = options;
    this.#farPort = new KeptPort({
      address,
      connections,
      opening: openOptions(options),
      wish: (last) => this.#wish(last),
      up: (link, last, wish) => this.#up(link, last, wish),
      mayRetry: (error, wasOpening) => {
        const isTurnedAway = mayBeLetIn(error) && wasOpening;
        return !(options.isOnce || (isTurnedAway && !options.isPatient));
      },
      lost: (loss) => this.#lost(loss),
      failed: (error) => void this.#fail(error),
    });
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    port.listen({
      opened: () => this.#applicationOpened(),
      closed: () => this.#applicationClosed(),
      readable: () => this.#liveRelay?.moveToDevice(),
      writable: () => this.#relay?.moveToApplication(),
      settings: (settings) => this.#liveRelay?.applySettings(settings),
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
    const { isPatient = false, signal, told } = options;
    const retries = (error: SercliError, retryMs: number): void =>
      told?.({ kind: 'lost', error, inDoubtBytes: 0, retryMs });
    return patiently(address, { isPatient, signal, locator: connections.locator, retries }, () =>
      Attachment.#startNow(address, connections, options),
    );
  }

  static async #startNow(
    address: PortAddress,
    connections: AgentConnections,
    options: AttachmentOptions,
  ): Promise<Attachment> {
    const { isOnDemand = false, settings = {}, role, takes, start, signal } = options;
    // The virtual port needs them, and there is time while the agent answers.
    preloadNatives();
    if (isOnDemand) {
      const inForce = await lookUpFarPort(address, connections, options);
      const port = await VirtualPort.create(virtualPortOptions(options, inForce));
      return new Attachment(address, connections, port, options);
    }
    const link = await connections.open(address, { settings, role, takes, start }, openOptions(options, signal));
    try {
      const port = await VirtualPort.create(virtualPortOptions(options, link.settings));
      const attachment = new Attachment(address, connections, port, options);
      attachment.#farPort.begin(link, { settings });
      return attachment;
    } catch (error) {
      link.abort(toSercliError(error));
      throw error;
    }
  }

  /** `paused` while the connection is cut or the device is lost. */
  get state(): KeptPort['kind'] | 'paused' {
    return this.link !== undefined && this.#pausedAt !== undefined ? 'paused' : this.#farPort.kind;
  }

  /** In force on the far port, or, while it is not open, on the virtual one. */
  get settings(): LineSettings {
    return this.link?.settings ?? this.port.settings;
  }

  /** The far port's link, while it is open. */
  get link(): RemoteLink | undefined {
    return this.#farPort.link;
  }

  /** Bytes that the device sent while no application had the virtual port open; they were discarded. */
  get unreadBytes(): number {
    return this.#before.unread + (this.#relay?.unreadBytes ?? 0);
  }

  /** Bytes that the application wrote while another one controlled the port; they were discarded. */
  get refusedBytes(): number {
    return this.#before.refused + (this.#relay?.refusedBytes ?? 0);
  }

  get movedBytes(): Relay['movedBytes'] {
    const { toApplication = 0, toDevice = 0 } = this.#relay?.movedBytes ?? {};
    const before = this.#before;
    return { toApplication: before.toApplication + toApplication, toDevice: before.toDevice + toDevice };
  }

  /** Ends the attachment: what the application wrote is handed to the device first. */
  async close(): Promise<void> {
    await this.#closeFarPort('ended');
    await this.port.close();
    this.#settle(undefined);
  }

  get #liveRelay(): Relay | undefined {
    return this.link === undefined ? undefined : this.#relay;
  }

  #applicationOpened(): void {
    this.#wasOpened = true;
    this.#tell({ kind: 'application', isOpen: true });
    if (this.#options.isOnDemand && this.#farPort.kind === 'idle') void this.#farPort.open();
    this.#relay?.moveToApplication();
  }

  #applicationClosed(): void {
    this.#tell({ kind: 'application', isOpen: false });
    if (this.#options.isOnce) return void this.close();
    if (this.#options.isOnDemand) void this.#closeFarPort('idle');
    this.#relay?.moveToApplication();
  }

  #wish(last: RemoteLink | undefined): PortWish {
    this.#asked = this.port.settings;
    const settings = this.#options.isFixed ? (this.#options.settings ?? {}) : this.port.settings;
    const { role, takes, start } = this.#options;
    return last === undefined ? { settings, role, takes, start } : wishAfter(last, { settings, role });
  }

  #up(link: RemoteLink, last: RemoteLink | undefined, { settings }: PortWish): void {
    this.#keepCount();
    // Before anything of what it brings.
    this.#tell({ kind: 'up', settings: link.settings, start: link.start });
    this.#relay = new Relay(this.port, link, {
      isFixed: this.#options.isFixed ?? false,
      asked: settings,
      // Who asked for what came before wants to read it.
      isPatient: this.#options.start !== undefined && !this.#wasOpened,
      backlog: last,
      told: (event) => (event.kind === 'link-state' ? this.#linkState(event.state) : this.#tell(event)),
    });
    this.#relay.start(this.#asked);
  }

  #linkState(state: LinkState): void {
    if (state.kind === 'lost' && this.#pausedAt === undefined) {
      this.#pausedAt = performance.now();
      this.#tell({ kind: 'paused', reason: state.reason });
    } else if (state.kind === 'up' && this.#pausedAt !== undefined) {
      const pausedMs = performance.now() - this.#pausedAt;
      this.#pausedAt = undefined;
      this.#tell({ kind: 'resumed', pausedMs });
    }
  }

  /** The far port is gone and may come back: the application keeps its virtual port and sees a pause. */
  #lost(loss: PortLoss): void {
    this.#pausedAt = undefined;
    this.#tell({ kind: 'lost', ...loss });
  }

  async #fail(error: SercliError): Promise<void> {
    this.#pausedAt = undefined;
    this.#forgetRelay();
    await this.port.close();
    this.#settle(error);
  }

  async #closeFarPort(next: 'idle' | 'ended'): Promise<void> {
    if (this.#farPort.kind === 'ended') return;
    this.#forgetRelay();
    this.#pausedAt = undefined;
    const bytes = await this.#farPort.close(next);
    if (bytes > 0) this.#tell({ kind: 'link-event', event: { kind: 'in-doubt', bytes } });
    if (next === 'ended') return;
    this.#tell({ kind: 'idle' });
    // The application may have come back while the far port was closed.
    if (this.port.isOpen && this.#farPort.kind === 'idle') void this.#farPort.open();
  }

  #forgetRelay(): void {
    this.#keepCount();
    this.#relay = undefined;
  }

  /** The present relay is over: its counts are kept. */
  #keepCount(): void {
    const { unreadBytes, refusedBytes } = this;
    this.#before = { unread: unreadBytes, refused: refusedBytes, ...this.movedBytes };
  }

  #end(error: SercliError | undefined): void {
    if (error === undefined || this.#farPort.kind === 'ended') return;
    void this.#closeFarPort('ended').then(() => this.#settle(error));
  }

  #tell(event: AttachmentEvent): void {
    this.#options.told?.(event);
  }
}
