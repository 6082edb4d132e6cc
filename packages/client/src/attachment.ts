import type { LinkState, RemoteLink } from '@sercli/link';
import {
  formatPortAddress,
  type LineSettings,
  type LineSettingsChange,
  type PortAddress,
  SercliError,
  type SessionRequest,
  toSercliError,
} from '@sercli/protocol';
import { VirtualPort } from '@sercli/virtual-port';
import type { AgentConnections } from './agent-connections.ts';
import { type AttachmentEvent, type AttachmentOptions, openOptions, virtualPortOptions } from './attachment-options.ts';
import { Backoff } from './backoff.ts';
import { closeInTime } from './close-in-time.ts';
import { type FarPort, type LastLink, lookUpFarPort, startAfter } from './far-port.ts';
import { Relay } from './relay.ts';
import { mayBeLetIn, mayPass, waitToRetry } from './retry-wait.ts';

/** A far port that was open for so long is tried again at once when it is lost; one that ends at once is not. */
const steadyMs = 10_000;

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
  /** An application has opened the port at some time. */
  #wasOpened = false;
  /** When the far port was opened last. */
  #upAt = 0;
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
    this.#connections = connections;
    this.#options = options;
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
    const { isPatient = false, signal = new AbortController().signal, told } = options;
    const backoff = new Backoff();
    for (;;) {
      try {
        return await Attachment.#startNow(address, connections, options);
      } catch (cause) {
        const error = toSercliError(cause);
        if (!isPatient || signal.aborted || !(mayPass(error) || mayBeLetIn(error))) throw cause;
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
    const { isOnDemand = false, settings = {}, role, takes, start, signal } = options;
    if (isOnDemand) {
      const inForce = await lookUpFarPort(address, connections, options);
      const port = await VirtualPort.create(virtualPortOptions(options, inForce));
      return new Attachment(address, connections, port, options);
    }
    const link = await connections.open(address, { settings, role, takes, start }, openOptions(options, signal));
    try {
      const port = await VirtualPort.create(virtualPortOptions(options, link.settings));
      const attachment = new Attachment(address, connections, port, options);
      attachment.#up(link, undefined, settings);
      return attachment;
    } catch (error) {
      link.abort(toSercliError(error));
      throw error;
    }
  }

  /** `paused` while the connection is cut or the device is lost. */
  get state(): FarPort['kind'] | 'paused' {
    return this.#farPort.kind === 'up' && this.#pausedAt !== undefined ? 'paused' : this.#farPort.kind;
  }

  /** In force on the far port, or, while it is not open, on the virtual one. */
  get settings(): LineSettings {
    return this.#farPort.kind === 'up' ? this.#farPort.link.settings : this.port.settings;
  }

  /** The far port's link, while it is open. */
  get link(): RemoteLink | undefined {
    return this.#farPort.kind === 'up' ? this.#farPort.link : undefined;
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
    await this.#closeFarPort({ kind: 'ended' });
    await this.port.close();
    this.#settle(undefined);
  }

  /** The relay of the link, or of the last one, which may still have bytes for the application. */
  get #relay(): Relay | undefined {
    const farPort = this.#farPort;
    if (farPort.kind === 'up') return farPort.relay;
    return farPort.kind === 'opening' || farPort.kind === 'waiting' ? farPort.last?.relay : undefined;
  }

  get #liveRelay(): Relay | undefined {
    return this.#farPort.kind === 'up' ? this.#farPort.relay : undefined;
  }

  #applicationOpened(): void {
    this.#wasOpened = true;
    this.#tell({ kind: 'application', isOpen: true });
    if (this.#options.isOnDemand && this.#farPort.kind === 'idle') void this.#open(undefined);
    this.#relay?.moveToApplication();
  }

  #applicationClosed(): void {
    this.#tell({ kind: 'application', isOpen: false });
    if (this.#options.isOnce) return void this.close();
    if (this.#options.isOnDemand) void this.#closeFarPort({ kind: 'idle' });
    this.#relay?.moveToApplication();
  }

  async #open(last: LastLink | undefined): Promise<void> {
    const giveUp = new AbortController();
    this.#farPort = { kind: 'opening', giveUp, last };
    const [asked, request] = [this.port.settings, this.#request(last)];
    try {
      const { signal } = giveUp;
      const link = await this.#connections.open(this.address, request, openOptions(this.#options, signal));
      if (signal.aborted) return link.abort(new SercliError('aborted', { what: formatPortAddress(this.address) }));
      this.#up(link, last, request.settings, asked);
    } catch (error) {
      if (!giveUp.signal.aborted) this.#lost(toSercliError(error), last, 0);
    }
  }

  #request(last: LastLink | undefined): Omit<SessionRequest, 'port'> {
    const settings = this.#options.isFixed ? (this.#options.settings ?? {}) : this.port.settings;
    const { role: wanted, takes, start } = this.#options;
    if (last === undefined) return { settings, role: wanted, takes, start };
    // Control that was taken away is not taken back.
    const role = last.link.hasControl ? wanted : 'monitor';
    // Agents that do not tell where reading began cannot be told where to begin.
    return { settings, role, ...(last.link.isResumable ? { start: startAfter(last) } : {}) };
  }

  #up(link: RemoteLink, last: LastLink | undefined, settings?: LineSettingsChange, asked?: LineSettings): void {
    this.#keepCount();
    // Before anything of what it brings.
    this.#tell({ kind: 'up', settings: link.settings, start: link.start });
    const relay = new Relay(this.port, link, {
      isFixed: this.#options.isFixed ?? false,
      asked: settings,
      // Who asked for what came before wants to read it.
      isPatient: this.#options.start !== undefined && !this.#wasOpened,
      backlog: last?.link,
      told: (event) => (event.kind === 'link-state' ? this.#linkState(event.state) : this.#tell(event)),
    });
    this.#farPort = { kind: 'up', link, relay };
    this.#upAt = performance.now();
    relay.start(asked);
    void link.closed.then((error) => {
      if (this.#farPort.kind !== 'up' || this.#farPort.link !== link) return;
      const why = error ?? new SercliError('session-ended', { port: link.info.name, reason: 'it was closed' });
      if (performance.now() - this.#upAt > steadyMs) this.#backoff.reset();
      this.#lost(why, { link, relay }, link.writeOffset - link.drainedOffset);
    });
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
  #lost(error: SercliError, last: LastLink | undefined, inDoubtBytes: number): void {
    if (this.#farPort.kind === 'ended') return;
    this.#pausedAt = undefined;
    const isTurnedAway = mayBeLetIn(error) && this.#farPort.kind === 'opening';
    if (this.#options.isOnce || (isTurnedAway && !this.#options.isPatient)) return void this.#fail(error);
    // An agent that was restarted is there: nothing is to be waited for.
    const retryMs = error.code === 'session-unknown' ? 0 : this.#backoff.next();
    const giveUp = new AbortController();
    this.#farPort = { kind: 'waiting', giveUp, last };
    this.#tell({ kind: 'lost', error, inDoubtBytes, retryMs });
    void this.#retry(error, retryMs, giveUp.signal, last);
  }

  async #retry(error: SercliError, ms: number, signal: AbortSignal, last: LastLink | undefined): Promise<void> {
    await waitToRetry(this.address, error, { ms, locator: this.#connections.locator, signal });
    if (!signal.aborted) await this.#open(last);
  }

  async #fail(error: SercliError): Promise<void> {
    this.#farPort = { kind: 'ended' };
    await this.port.close();
    this.#settle(error);
  }

  async #closeFarPort(next: Extract<FarPort, { kind: 'idle' | 'ended' }>): Promise<void> {
    const farPort = this.#farPort;
    if (farPort.kind === 'ended') return;
    this.#keepCount();
    this.#farPort = next;
    this.#pausedAt = undefined;
    if (farPort.kind === 'waiting' || farPort.kind === 'opening') farPort.giveUp.abort();
    if (farPort.kind === 'up') await this.#closeLink(farPort.link);
    if (next.kind === 'idle') {
      this.#tell({ kind: 'idle' });
      // The application may have come back while the far port was closed.
      if (this.port.isOpen && this.#farPort.kind === 'idle') void this.#open(undefined);
    }
  }

  async #closeLink(link: RemoteLink): Promise<void> {
    await closeInTime(link);
    const error = await link.closed;
    const bytes = link.writeOffset - link.drainedOffset;
    if (error !== undefined && bytes > 0) this.#tell({ kind: 'link-event', event: { kind: 'in-doubt', bytes } });
  }

  /** The present relay is over: its counts are kept. */
  #keepCount(): void {
    const { unreadBytes, refusedBytes } = this;
    this.#before = { unread: unreadBytes, refused: refusedBytes, ...this.movedBytes };
  }

  #end(error: SercliError | undefined): void {
    if (error === undefined || this.#farPort.kind === 'ended') return;
    void this.#closeFarPort({ kind: 'ended' }).then(() => this.#settle(error));
  }

  #tell(event: AttachmentEvent): void {
    this.#options.told?.(event);
  }
}
