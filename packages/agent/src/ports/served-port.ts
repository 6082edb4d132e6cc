import type { LinkEvent } from '@sercli/link';
import { type Controller, type ListedPort, SercliError, toSercliError } from '@sercli/protocol';
import { type Clock, realClock } from '../devices/clock.ts';
import type { DeviceLink } from '../devices/device-link.ts';
import type { Logger } from '../logger.ts';
import { listedPort } from './listed-port.ts';
import type { LogMemory } from './log-memory.ts';
import { type DeviceListener, LoggedDevice, reasonOfLoss } from './logged-device.ts';
import { holderText, toldControl } from './port-control.ts';
import type { PortDescription } from './port-description.ts';
import type { PortPolicy } from './port-policy.ts';
import { type Opening, PortSessions } from './port-sessions.ts';
import { PortCounts, type PortTotals } from './port-totals.ts';
import { PortTraces } from './port-traces.ts';
import { startOf } from './replay-start.ts';
import { SessionLink, type SessionPort } from './session-link.ts';
import type { SessionRequest } from './session-request.ts';

export { defaultPortPolicy, type PortPolicy } from './port-policy.ts';

/** What a port has of its agent. */
export interface PortSurroundings {
  /** What the agent is called, for messages. */
  readonly host: string;
  readonly policy: PortPolicy;
  readonly logger: Logger;
  /** The memory of all logs of the agent. */
  readonly memory: LogMemory;
  readonly clock?: Clock;
  /** Called when `list` may say something else. */
  changed(): void;
  /** Looks at the machine's devices again, and tells the ports what was found. */
  look(): Promise<void>;
}

/** A port that the agent serves: it opens the device when the first session wants it, and owns its sessions. */
export class ServedPort {
  readonly policy: PortPolicy;
  readonly #surroundings: PortSurroundings;
  readonly #device: LoggedDevice;
  readonly #sessions: PortSessions;
  readonly #counts = new PortCounts();
  readonly #traces: PortTraces | undefined;
  #isClosed = false;
  /** Why the device could not be opened at the start, so that it is told once. */
  #startFailure = '';

  constructor(description: PortDescription, surroundings: PortSurroundings) {
    const { host, policy, memory, logger, clock = realClock } = surroundings;
    this.#surroundings = surroundings;
    this.policy = policy;
    this.#device = new LoggedDevice(description, this.#forDevice(), { policy, memory, logger, clock });
    this.#traces = PortTraces.of(description.traces, {
      log: this.#device.log,
      warn: (text) => logger.warn({ port: this.name }, `${this.name}: ${text}`),
    });
    this.#sessions = new PortSessions({ name: description.name, host }, () => {
      this.#device.controllerRead();
      surroundings.changed();
    });
  }

  get name(): string {
    return this.#device.description.name;
  }

  get device(): string {
    return this.#device.description.device;
  }

  /** Names the run of the port's count of received bytes. */
  get epoch(): string {
    return this.#device.log.epoch;
  }

  /** Who controls the port. */
  get controller(): Controller | undefined {
    return toldControl(this.#sessions.controls);
  }

  /** Who controls it besides this session. */
  controllerBeside(session: SessionLink): Controller | undefined {
    return toldControl(this.#sessions.controls.filter((control) => control.session !== session));
  }

  get sessions(): readonly SessionLink[] {
    return this.#sessions.all;
  }

  get totals(): PortTotals {
    return this.#counts.totals(this.#device.log, this.#device.lineCounts);
  }

  /** What was found out about the device anew. */
  update(description: PortDescription): void {
    this.#device.update(description);
  }

  /** The device is gone. */
  lose(reason: string): void {
    this.#device.update({ ...this.#device.description, absence: { kind: 'lost', reason } });
  }

  /** The port as `/v1/ports` lists it. */
  list(): ListedPort {
    return listedPort(this.#device, this.totals, this.controller);
  }

  /**
   * Gives the port to a session, to control it or to monitor what it receives.
   *
   * @throws SercliError `port-unavailable`, `device-lost`, `port-busy`, and what opening the device throws
   */
  async openSession(request: SessionRequest): Promise<SessionLink> {
    this.#refuseUnlessThere();
    let opening: Opening | undefined;
    try {
      opening = this.#sessions.begin(request);
      return await this.#open(request, opening);
    } catch (error) {
      if (opening !== undefined) this.#sessions.giveUp(opening);
      throw error;
    } finally {
      this.#leaveUnlessWanted();
    }
  }

  /** Opens the device of a port that is kept open, if it is there. What fails is logged; the next call tries again. */
  async start(): Promise<void> {
    if (!this.policy.keepOpen || this.#device.absence !== undefined || !this.#device.isIdle) return;
    try {
      await this.#device.open({});
      this.#startFailure = '';
    } catch (error) {
      const { code, message } = toSercliError(error);
      const { logger } = this.#surroundings;
      if (message !== this.#startFailure) logger.warn({ port: this.name, code }, `${this.name}: ${message}`);
      this.#startFailure = message;
    }
  }

  /** Ends the sessions and closes the device. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sessions.abort(this.#notServed());
    await this.#device.close();
    await this.#traces?.close();
  }

  #refuseUnlessThere(): void {
    const absence = this.#device.absence;
    if (absence === undefined) return;
    const { kind, reason } = absence;
    const { host } = this.#surroundings;
    if (kind === 'lost') throw new SercliError('device-lost', { device: `${this.name} on ${host}`, reason });
    throw new SercliError('port-unavailable', { port: this.name, host, reason });
  }

  async #open(request: SessionRequest, opening: Opening): Promise<SessionLink> {
    const { control } = opening;
    const { holder, settings, start, endsOnOverflow = false, endsWhenTaken, farewell } = request;
    const wasOpen = this.#device.source !== undefined;
    const change = control === undefined ? {} : settings;
    const { source, isNew } = await this.#device.open(change);
    if (this.#isClosed) throw this.#notServed();
    if (source.state.kind === 'closed') throw source.state.error ?? new SercliError('closed', { what: this.name });
    const { log, openedAt, description } = this.#device;
    const session = new SessionLink({
      info: { name: this.name, device: this.device },
      holder,
      log,
      // What a device says right after it was opened belongs to the session that it was opened for.
      start: startOf(log, start, wasOpen ? log.endPlace : openedAt),
      source,
      port: this.#forSession(),
      disconnectsOnOverflow: endsOnOverflow || this.policy.onOverflow === 'disconnect',
      endsWhenTaken,
      farewell,
    });
    this.#sessions.add(session, opening);
    this.#traces?.sessionOpened(holder.address, { name: this.name, device: this.device, settings: source.settings });
    try {
      const isAsked = session.hasControl && !isNew && !description.isFixed && Object.keys(change).length > 0;
      if (isAsked) await source.configure(change);
    } catch (error) {
      session.abort(toSercliError(error));
      throw error;
    }
    this.#tell(`attached by ${holderText(holder)}${control === undefined ? ' to monitor' : ''}`, { holder });
    return session;
  }

  #forSession(): SessionPort {
    return {
      controls: () => this.#sessions.controls,
      isFixed: () => this.#device.description.isFixed,
      configure: (source, change) => this.#device.configure(source, change),
      flush: (source, queue) => {
        const others = { read: this.#sessions.size > 1, write: this.#sessions.controls.length > 1 };
        return this.#device.flush(source, queue, others);
      },
      consumed: (session) => {
        if (session.hasControl) this.#device.controllerRead();
      },
      wrote: (bytes) => {
        this.#counts.sent(bytes.length);
        this.#traces?.written(bytes);
      },
      missed: (bytes) => this.#counts.missed(bytes),
      cutChanged: ({ holder }, reason) =>
        this.#tell(`${holderText(holder)} ${reason === undefined ? 'is back' : `is cut off: ${reason}`}`, { holder }),
      released: (session, error) => this.#released(session, error),
    };
  }

  #forDevice(): DeviceListener {
    return {
      isAwaited: () => this.#sessions.isWanted,
      controllerOffset: () => this.#sessions.controllerOffset,
      look: () => this.#surroundings.look(),
      writable: () => this.#sessions.writable(),
      event: (event) => this.#deviceEvent(event),
      held: (isHeld) => this.#sessions.tellMonitors({ kind: 'hold', isHeld }),
      lost: (error) => {
        this.#counts.deviceLost();
        for (const session of this.sessions) session.deviceLost(reasonOfLoss(error));
      },
      back: (source: DeviceLink) => {
        for (const session of this.sessions) session.deviceBack(source);
      },
      ended: (error) => this.#sessions.abort(error ?? new SercliError('closed', { what: this.name })),
      changed: () => this.#surroundings.changed(),
    };
  }

  #deviceEvent(event: LinkEvent): void {
    // What has a place among the bytes comes through the log, and the end of the device by itself.
    if (event.kind === 'drained') for (const session of this.sessions) session.deviceDrained();
    if (event.kind === 'lines' || event.kind === 'settings') this.#sessions.tell(event);
    if (event.kind === 'settings') this.#surroundings.changed();
  }

  #released(session: SessionLink, error: SercliError | undefined): void {
    this.#sessions.remove(session);
    this.#traces?.sessionClosed(error?.message ?? 'network read close', this.#sessions.size === 0);
    const { holder } = session;
    const why = error === undefined ? '' : `: ${error.message}`;
    this.#tell(`detached by ${holderText(holder)}${why}`, { holder });
    this.#leaveUnlessWanted();
  }

  #leaveUnlessWanted(): void {
    if (!this.#sessions.isWanted) this.#device.leave();
  }

  #notServed(): SercliError {
    return new SercliError('session-ended', { port: this.name, reason: 'it is not served any more' });
  }

  #tell(what: string, fields: object): void {
    const { logger } = this.#surroundings;
    logger.info({ port: this.name, device: this.device, ...fields }, `${this.name}: ${what}`);
  }
}
