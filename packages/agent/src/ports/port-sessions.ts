import type { LinkEvent } from '@sercli/link';
import { defaultAgentLimits, SercliError } from '@sercli/protocol';
import { clockTime, controlText, type Holder, isSameClient, type PortControl, toldControl } from './port-control.ts';
import type { SessionLink } from './session-link.ts';

/** The sessions of a port, and which of them controls it: one at most, the others monitor. */
export class PortSessions {
  readonly #port: { readonly name: string; readonly host: string };
  readonly #changed: () => void;
  readonly #all = new Set<SessionLink>();
  #control: PortControl | undefined;

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

  get control(): PortControl | undefined {
    return this.#control;
  }

  /** The session that controls the port. */
  get controller(): SessionLink | undefined {
    return this.#control?.session;
  }

  /**
   * Gives control to a session that is being opened. Who is cut off yields to a new session of the same client.
   *
   * @param takes also from another client, whose session monitors from now on
   * @throws SercliError `port-busy`
   */
  claim(holder: Holder, takes: boolean): PortControl {
    const before = this.#control;
    if (before?.session?.status.cutSince !== undefined && isSameClient(before.holder, holder)) {
      const reason = 'its client attached again';
      before.session.abort(new SercliError('session-ended', { port: this.#port.name, reason }));
    } else if (before !== undefined && !takes) {
      const { name: port, host } = this.#port;
      const since = clockTime(before.since);
      throw new SercliError('port-busy', { port, host, holder: controlText(before), since });
    }
    const control: PortControl = { holder, since: new Date(), session: undefined };
    before?.session?.replacedBy(control);
    this.#controlIs(control);
    return control;
  }

  /**
   * Sees to it that there is room for one more session: the one that is cut off for the longest time makes it.
   *
   * @throws SercliError `agent-full`
   */
  makeRoom(): void {
    const { sessionsPerPort } = defaultAgentLimits;
    if (this.#all.size < sessionsPerPort) return;
    const cut = this.all.filter(({ status }) => status.cutSince !== undefined);
    const [oldest] = cut.sort((one, other) => Number(one.status.cutSince) - Number(other.status.cutSince));
    const { name } = this.#port;
    if (oldest === undefined)
      throw new SercliError('agent-full', { count: sessionsPerPort, things: `sessions of ${name}` });
    oldest.abort(new SercliError('session-ended', { port: name, reason: 'other clients needed its place' }));
  }

  /** @param control what the session claimed, if it did; meanwhile another may have taken it */
  add(session: SessionLink, control: PortControl | undefined): void {
    this.#all.add(session);
    if (control === undefined) return;
    control.session = session;
    if (this.#control !== undefined && this.#control !== control) session.replacedBy(this.#control);
  }

  /** Who claimed control does not want it any more. */
  release(control: PortControl): void {
    if (this.#control === control) this.#controlIs(undefined);
  }

  remove(session: SessionLink): void {
    this.#all.delete(session);
    if (this.controller === session) this.#controlIs(undefined);
  }

  tell(event: LinkEvent): void {
    for (const session of this.#all) session.event(event);
  }

  tellMonitors(event: LinkEvent): void {
    for (const session of this.#all) if (session !== this.controller) session.event(event);
  }

  abort(error: SercliError): void {
    for (const session of this.#all) session.abort(error);
  }

  #controlIs(control: PortControl | undefined): void {
    this.#control = control;
    const controller = control === undefined ? undefined : toldControl(control);
    this.tell({ kind: 'control', hasControl: false, controller, unsentBytes: 0 });
    this.#changed();
  }
}
