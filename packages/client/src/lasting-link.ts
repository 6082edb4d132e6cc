import type { LinkEvent, LinkInfo, LinkListener, LinkState, RemoteLink, SerialLink } from '@sercli/link';
import {
  type Controller,
  checkPortRequest,
  equalLineSettings,
  equalModemLines,
  type FlushQueue,
  formatPortAddress,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  type PortAddress,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import type { AgentConnections } from './agent-connections.ts';
import { KeptPort, type PortLoss, type PortWish, wishAfter } from './kept-port.ts';
import type { OpenOptions } from './open-options.ts';
import { ReceivedSources } from './received-sources.ts';
import { mayBeLetIn, mayPass, patiently } from './retry-wait.ts';

export interface LastingLinkOptions extends OpenOptions, PortWish {
  /** An agent, port or device that is not there yet, or is busy, is waited for; else it is an error. */
  readonly isPatient?: boolean | undefined;
  /** A session that ends, because the agent was restarted or was away for too long, is opened anew; else the link ends. */
  readonly reopens?: boolean | undefined;
  /** The port could not be opened, or was lost for good, and is tried again after `retryMs`. */
  readonly retries?: ((error: SercliError, retryMs: number) => void) | undefined;
}

/**
 * A port of an agent as one link, over all the sessions that it takes: when one is lost for good the link is `lost`, the
 * port is opened again, and reading goes on behind the last byte. What is missing is a gap; what was written and is not
 * known to have left the device is in doubt.
 */
export class LastingLink implements SerialLink {
  readonly closed: Promise<SercliError | undefined>;
  readonly #kept: KeptPort;
  readonly #wish: PortWish;
  readonly #address: PortAddress;
  readonly #received: ReceivedSources;
  /** The session, or the last one. */
  #link: RemoteLink;
  /** The session, as long as it is not over. */
  #present: RemoteLink | undefined;
  #state: LinkState = { kind: 'up' };
  #listener: LinkListener | undefined;
  /** What was asked for so far, for the next session. */
  #asked: LineSettingsChange;
  /** Bytes written in the sessions before. */
  #writtenBefore = 0;
  #isWriterWaiting = false;
  /** Who waits for the next session. */
  readonly #waiting = new Set<() => void>();
  #settle: (error: SercliError | undefined) => void = () => undefined;

  /** @throws SercliError what opening the port throws */
  static async open(
    address: PortAddress,
    connections: AgentConnections,
    options: LastingLinkOptions,
  ): Promise<LastingLink> {
    const { settings, role, takes, start, isPatient = false, signal, retries } = options;
    const link = await patiently(
      address,
      { isPatient, signal, locator: connections.locator, retries: (error, retryMs) => retries?.(error, retryMs) },
      () => connections.open(address, { settings, role, takes, start }, options),
    );
    return new LastingLink(address, connections, link, options);
  }

  private constructor(
    address: PortAddress,
    connections: AgentConnections,
    link: RemoteLink,
    { settings, role, takes, start, reopens = true, retries, ...options }: LastingLinkOptions,
  ) {
    this.#address = address;
    this.#link = link;
    this.#wish = { role, takes, start };
    this.#asked = settings ?? {};
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#received = new ReceivedSources((event) => this.#tell(event));
    const { graceMs, ifUnknown, told } = options;
    this.#kept = new KeptPort({
      address,
      connections,
      opening: { graceMs, ifUnknown, told },
      wish: (last) => (last === undefined ? this.#wish : wishAfter(last, { ...this.#wish, settings: this.#asked })),
      up: (next, last) => this.#up(next, last),
      mayRetry: (error) => reopens && (mayPass(error) || (mayBeLetIn(error) && ifUnknown === 'wait')),
      lost: (loss) => {
        this.#lose(loss);
        retries?.(loss.error, loss.retryMs);
      },
      failed: (error, inDoubtBytes) => this.#end(error, inDoubtBytes),
    });
    this.#kept.begin(link, {});
  }

  get info(): LinkInfo {
    return this.#link.info;
  }

  get state(): LinkState {
    return this.#state;
  }

  get settings(): LineSettings {
    return this.#link.settings;
  }

  get lines(): ModemLines {
    return this.#link.lines;
  }

  get hasControl(): boolean {
    return this.#link.hasControl;
  }

  /** Who controls the port, if it is not this link. */
  get controller(): Controller | undefined {
    return this.#link.controller;
  }

  get readOffset(): number {
    return this.#received.readOffset;
  }

  get writeOffset(): number {
    return this.#writtenBefore + (this.#present?.writeOffset ?? 0);
  }

  get takenOffset(): number {
    return this.#writtenBefore + (this.#present?.takenOffset ?? 0);
  }

  get drainedOffset(): number {
    return this.#writtenBefore + (this.#present?.drainedOffset ?? 0);
  }

  peek(maxBytes: number): Uint8Array {
    return this.#received.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#received.consume(bytes);
  }

  write(bytes: Uint8Array): number {
    const taken = this.#kept.link?.write(bytes) ?? 0;
    this.#isWriterWaiting = taken < bytes.length;
    return taken;
  }

  async configure(change: LineSettingsChange): Promise<LineSettings> {
    checkPortRequest({ kind: 'configure', change });
    this.#asked = { ...this.#asked, ...change };
    for (;;) {
      const link = this.#kept.link ?? (await this.#whenUp());
      try {
        return await link.configure(change);
      } catch (error) {
        // Asking twice does no harm.
        if (link.state.kind !== 'closed' || this.#state.kind === 'closed') throw error;
      }
    }
  }

  async runSequence(steps: readonly SequenceStep[]): Promise<void> {
    checkPortRequest({ kind: 'run-sequence', steps });
    await (this.#kept.link ?? (await this.#whenUp())).runSequence(steps);
  }

  async drain(): Promise<void> {
    await (this.#kept.link ?? (await this.#whenUp())).drain();
  }

  async flush(queue: FlushQueue): Promise<void> {
    checkPortRequest({ kind: 'flush', queue });
    if (queue !== 'unsent') this.#received.discard();
    await (this.#kept.link ?? (await this.#whenUp())).flush(queue);
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#received.begin();
    if (this.peek(1).length > 0) listener.readable();
  }

  async close(): Promise<void> {
    if (this.#state.kind === 'closed') return;
    const inDoubtBytes = await this.#kept.close('ended');
    this.#end(undefined, inDoubtBytes);
  }

  abort(error: SercliError): void {
    if (this.#state.kind === 'closed') return;
    this.#kept.abort(error);
    this.#end(error, 0);
  }

  #up(link: RemoteLink, last: RemoteLink | undefined): void {
    this.#link = link;
    this.#present = link;
    this.#received.add(link);
    if (last !== undefined) this.#tellDifferences(link, last);
    this.#setState({ kind: 'up' });
    link.listen({
      readable: () => this.#received.isFirst(link) && this.#listener?.readable(),
      writable: () => this.#listener?.writable(),
      event: (event) => this.#event(link, event),
    });
    if (last === undefined) return;
    for (const begin of [...this.#waiting]) begin();
    if (this.#isWriterWaiting) this.#listener?.writable();
  }

  #tellDifferences(link: RemoteLink, last: RemoteLink): void {
    const { settings, lines, hasControl, controller } = link;
    if (!equalLineSettings(settings, last.settings)) this.#tell({ kind: 'settings', settings });
    if (!equalModemLines(lines, last.lines)) this.#tell({ kind: 'lines', lines });
    if (hasControl !== last.hasControl) this.#tell({ kind: 'control', hasControl, controller, unsentBytes: 0 });
  }

  #event(link: RemoteLink, event: LinkEvent): void {
    if ('offset' in event && event.kind !== 'drained') return this.#received.place(link, event);
    if (link !== this.#present) return;
    if (event.kind === 'drained') this.#tell({ ...event, offset: this.#writtenBefore + event.offset });
    else if (event.kind !== 'state') this.#tell(event);
    // What becomes of a session that ends, `KeptPort` says.
    else if (event.state.kind !== 'closed') this.#setState(event.state);
  }

  #lose({ error, inDoubtBytes }: PortLoss): void {
    this.#countWritten(inDoubtBytes);
    this.#setState({ kind: 'lost', reason: error.message });
  }

  #end(error: SercliError | undefined, inDoubtBytes: number): void {
    if (this.#state.kind === 'closed') return;
    this.#countWritten(inDoubtBytes);
    this.#setState(error === undefined ? { kind: 'closed' } : { kind: 'closed', error });
    for (const end of [...this.#waiting]) end();
    this.#settle(error);
  }

  /** The session is over: what it wrote is counted, and what of it is in doubt is told once. */
  #countWritten(inDoubtBytes: number): void {
    this.#writtenBefore += this.#present?.writeOffset ?? 0;
    this.#present = undefined;
    if (inDoubtBytes > 0) this.#tell({ kind: 'in-doubt', bytes: inDoubtBytes });
  }

  #whenUp(): Promise<RemoteLink> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        this.#waiting.delete(go);
        const { link } = this.#kept;
        if (link !== undefined) return resolve(link);
        const { error = new SercliError('closed', { what: formatPortAddress(this.#address) }) } =
          this.#state.kind === 'closed' ? this.#state : {};
        reject(error);
      };
      if (this.#state.kind === 'closed') go();
      else this.#waiting.add(go);
    });
  }

  #setState(state: LinkState): void {
    if (this.#state.kind === state.kind && state.kind === 'up') return;
    this.#state = state;
    this.#tell({ kind: 'state', state });
  }

  #tell(event: LinkEvent): void {
    this.#listener?.event(event);
  }
}
