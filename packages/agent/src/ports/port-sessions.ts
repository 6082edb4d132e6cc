import type { LinkEvent } from '@sercli/link';
import { defaultAgentLimits, SercliError } from '@sercli/protocol';
import {
  clockTime,
  controlText,
  type Holder,
  isSameClient,
  type PortControl,
  toldControl,
  type WhenBusy,
} from './port-control.ts';
import type { SessionLink } from './session-link.ts';
import type { SessionRequest } from './session-request.ts';

/** A session that is being opened: it has its place among the others. */
export interface Opening {
  /** What it claimed, if it is to control the port; meanwhile another may have taken it. */
  control: PortControl | undefined;
}

/** The sessions of a port, and which of them control it: one as a rule, several where they share it; the others monitor. */
export class PortSessions {
  readonly #port: { readonly name: string; readonly host: string };
  readonly #changed: () => void;
  readonly #all = new Set<SessionLink>();
  readonly #openings = new Set<Opening>();
  /** The longest first. */
  #controls: readonly PortControl[] = [];
  /** Who of those that share the port is the first to write when the device has room again. */
  #turn = 0;

  /** @param changed is called when control has changed hands */
  constructor(port: { readonly name: string; readonly host: string }, changed: () => void) {
    this.#port = port;
    this.#changed = changed;
  }

  get all(): readonly SessionLink[] {
    return [...this.#all];
  }

  get size(): number {
    return this.#all.size;
  }

  /** Somebody uses the port, or is about to. */
  get isWanted(): boolean {
    return this.#all.size + this.#openings.size > 0;
  }

  /** Who controls the port, the longest first. */
  get controls(): readonly PortControl[] {
    return this.#controls;
  }

  /** How far that one has read which has read most of those that control the port: it is the one that is waited for. */
  get controllerOffset(): number | undefined {
    let furthest: number | undefined;
    for (const { session } of this.#controls) {
      if (session !== undefined) furthest = Math.max(furthest ?? 0, session.readOffset);
    }
    return furthest;
  }

  isController(session: SessionLink): boolean {
    return this.#controls.some((control) => control.session === session);
  }

  /**
   * Keeps a place for one more session, and gives it control if it is to have it. Where there is no place, the session that
   * is cut off for the longest time makes room.
   *
   * @throws SercliError `agent-full`, `port-busy`
   */
  begin({ holder, role, whenBusy }: Pick<SessionRequest, 'holder' | 'role' | 'whenBusy'>): Opening {
    if (this.#all.size + this.#openings.size >= defaultAgentLimits.sessionsPerPort) this.#makeRoom();
    const opening: Opening = { control: undefined };
    // Before it claims control: who yields it to this one must not be the last who wants the device.
    this.#openings.add(opening);
    try {
      if (role === 'control') opening.control = this.#claim(holder, whenBusy);
    } catch (error) {
      this.#openings.delete(opening);
      throw error;
    }
    return opening;
  }

  /** A session that was being opened is one of them now. */
  add(session: SessionLink, opening: Opening): void {
    this.#openings.delete(opening);
    this.#all.add(session);
    const { control } = opening;
    if (control === undefined) return;
    control.session = session;
    const [successor] = this.#controls;
    if (successor !== undefined && !this.#controls.includes(control)) session.replacedBy(successor);
  }

  /** It could not be opened. */
  giveUp(opening: Opening): void {
    this.#openings.delete(opening);
    if (opening.control !== undefined) this.#release(opening.control);
  }

  /** Who claimed control does not want it any more. */
  #release(control: PortControl): void {
    if (this.#controls.includes(control)) this.#controlsAre(this.#controls.filter((other) => other !== control));
  }

  remove(session: SessionLink): void {
    this.#all.delete(session);
    const control = this.#controls.find((one) => one.session === session);
    if (control !== undefined) this.#release(control);
  }

  /** The device takes bytes again: those that control it write, each time another one first, so that all get their share. */
  writable(): void {
    const controls = this.#controls;
    this.#turn = (this.#turn + 1) % Math.max(1, controls.length);
    for (const { session } of [...controls.slice(this.#turn), ...controls.slice(0, this.#turn)]) session?.writable();
  }

  tell(event: LinkEvent): void {
    for (const session of this.#all) session.event(event);
  }

  tellMonitors(event: LinkEvent): void {
    for (const session of this.#all) if (!this.isController(session)) session.event(event);
  }

  abort(error: SercliError): void {
    for (const session of this.#all) session.abort(error);
  }

  /** Nothing if it is to monitor. Who is cut off yields to a new session of the same client. */
  #claim(holder: Holder, whenBusy: WhenBusy): PortControl | undefined {
    this.#endCutOff(holder);
    const before = this.#controls;
    const [first] = before;
    if (first !== undefined && whenBusy === 'monitor') return undefined;
    if (first !== undefined && whenBusy === 'refuse') {
      const { name: port, host } = this.#port;
      const since = clockTime(first.since);
      throw new SercliError('port-busy', { port, host, holder: controlText(first, before.length - 1), since });
    }
    const control: PortControl = { holder, since: new Date(), session: undefined };
    if (whenBusy === 'take') for (const { session } of before) session?.replacedBy(control);
    this.#controlsAre(whenBusy === 'share' ? [...before, control] : [control]);
    return control;
  }

  #makeRoom(): void {
    const cut = this.all.filter(({ status }) => status.cutSince !== undefined);
    const [oldest] = cut.sort((one, other) => Number(one.status.cutSince) - Number(other.status.cutSince));
    const { name } = this.#port;
    if (oldest === undefined)
      throw new SercliError('agent-full', {
        count: defaultAgentLimits.sessionsPerPort,
        things: `sessions of ${name}`,
      });
    oldest.abort(new SercliError('session-ended', { port: name, reason: 'other clients needed its place' }));
  }

  #endCutOff(holder: Holder): void {
    for (const { session, holder: before } of this.#controls) {
      if (session?.status.cutSince === undefined || !isSameClient(before, holder)) continue;
      const reason = 'its client attached again';
      session.abort(new SercliError('session-ended', { port: this.#port.name, reason }));
    }
  }

  /** Each session is told who else controls the port. */
  #controlsAre(controls: readonly PortControl[]): void {
    this.#controls = controls;
    for (const session of this.#all) {
      const hasControl = this.isController(session);
      const controller = toldControl(controls.filter((control) => control.session !== session));
      session.event({ kind: 'control', hasControl, controller, unsentBytes: 0 });
    }
    this.#changed();
  }
}
