import { SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { AccepterSession } from '../native/accepter-session.ts';
import { Connection } from '../native/connection.ts';
import { dataType, type MessageOf, messageTable, type Role } from '../native/message-table.ts';
import { BytePipe, type PipeManner } from './byte-pipe.ts';

export interface SimulatedConnectionOptions {
  readonly limits: Limits;
  readonly toAccepter: PipeManner;
  readonly toConnector: PipeManner;
  /** The newest wire version that each side speaks. */
  readonly newestWire: Readonly<Record<Role, number>>;
  /** A side is congested while more than so much of what it sent is under way. */
  readonly congestedBytes?: number | undefined;
  readonly clock: () => number;
  open(session: AccepterSession, open: MessageOf<'open'>): void;
  resume(token: string): AccepterSession | undefined;
  /** Sees every frame that is sent. */
  sent?(from: Role, frame: readonly Uint8Array[]): void;
}

/** Of the bytes under way to each end, how many still arrive when the way breaks. */
export type KeptBytes = Readonly<Record<Role, number>>;

export const roles = ['connector', 'accepter'] as const;

/** The two ends of one connection, joined by two pipes. An end can be lost, and die with its program. */
export class SimulatedConnection {
  readonly ends: Readonly<Record<Role, Connection>>;
  readonly endings: Record<Role, (SercliError | undefined)[]> = { connector: [], accepter: [] };
  readonly congested: Record<Role, boolean> = { connector: false, accepter: false };
  /** Pings that each side sent. */
  readonly pings: Record<Role, number> = { connector: 0, accepter: 0 };
  readonly #options: SimulatedConnectionOptions;
  /** By who sends into them. */
  readonly #pipes: Readonly<Record<Role, BytePipe>>;
  /** What is sent does not arrive any more. */
  isBroken = false;
  readonly #isDead: Record<Role, boolean> = { connector: false, accepter: false };

  constructor(options: SimulatedConnectionOptions) {
    this.#options = options;
    this.#pipes = { connector: new BytePipe(options.toAccepter), accepter: new BytePipe(options.toConnector) };
    this.ends = { connector: this.#connect('connector'), accepter: this.#connect('accepter') };
  }

  /** Nothing happens at this end any more. */
  isOver(role: Role): boolean {
    return this.#isDead[role] || this.ends[role].isEnded;
  }

  /** When something happens next. */
  get dueAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const role of roles) {
      if (!this.#isDead[role]) at = Math.min(at, this.ends[role].nextTickAt, this.#pipeTo(role).dueAt);
    }
    return at;
  }

  /** What is due happens. */
  act(): void {
    const now = this.#options.clock();
    for (const role of roles) this.#deliver(role, now);
    for (const role of roles) this.#tick(role, now);
  }

  congest(role: Role, isCongested: boolean): void {
    this.congested[role] = isCongested;
    this.ends[role].setCongested(isCongested, this.#options.clock());
  }

  /** The way breaks, and neither end has noticed yet. */
  break(kept: KeptBytes): void {
    this.isBroken = true;
    for (const role of roles) this.#pipeTo(role).break(kept[role]);
  }

  /** What is under way arrives. */
  deliverAll(): void {
    for (const role of roles) this.#deliver(role, Number.POSITIVE_INFINITY);
  }

  /** The end notices that the way is broken. */
  lose(role: Role): void {
    if (this.isOver(role)) return;
    this.ends[role].carrierEnded(
      new SercliError('connection-lost', { host: 'the peer', reason: 'the cable was pulled' }),
    );
  }

  /** The program at this end is killed. */
  kill(role: Role): void {
    this.#isDead[role] = true;
  }

  #pipeTo(role: Role): BytePipe {
    return this.#pipes[role === 'connector' ? 'accepter' : 'connector'];
  }

  #deliver(role: Role, now: number): void {
    if (this.#pipeTo(role).dueAt > now) return;
    for (const chunk of this.#pipeTo(role).receive(now)) {
      if (!this.#isDead[role]) this.ends[role].receive(chunk, this.#options.clock());
    }
    const sender = role === 'connector' ? 'accepter' : 'connector';
    if (this.congested[sender] && this.#options.congestedBytes !== undefined) this.congest(sender, false);
  }

  #tick(role: Role, now: number): void {
    const end = this.ends[role];
    if (this.#isDead[role] || end.nextTickAt > now) return;
    end.tick(now);
    if (end.nextTickAt <= now) throw new Error(`the tick of the ${role} at ${now} did nothing`);
  }

  #connect(role: Role): Connection {
    const { limits, newestWire, clock, open, resume } = this.#options;
    return new Connection(
      { role, name: role, software: 'test/1', limits, newestWire: newestWire[role] },
      {
        send: (head, body) => this.#send(role, body === undefined ? [head] : [head, body]),
        greeted: () => undefined,
        open,
        resume,
        // `dueAt` looks at nextTickAt itself.
        wake: () => undefined,
        ended: (error) => this.endings[role].push(error),
      },
      clock(),
    );
  }

  #send(role: Role, frame: readonly Uint8Array[]): void {
    const type = frame[0]?.[0];
    if (type === messageTable.ping.byte) this.pings[role] += 1;
    if (type === dataType && this.congested[role]) {
      throw new Error(`the ${role} sends data while its carrier is congested`);
    }
    this.#options.sent?.(role, frame);
    for (const bytes of frame) this.#pipes[role].send(bytes, this.#options.clock());
    const { congestedBytes = Number.POSITIVE_INFINITY } = this.#options;
    // HELLO is said while the connection is made, and an ACK goes together with the data that follows it.
    if (type === messageTable.hello.byte || type === messageTable.ack.byte) return;
    if (this.#pipes[role].bytesUnderWay > congestedBytes && !this.congested[role]) this.congest(role, true);
  }
}
