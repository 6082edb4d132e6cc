import { SercliError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { AccepterSession } from '../native/accepter-session.ts';
import type { Connection } from '../native/connection.ts';
import type { SessionRequest } from '../native/connector-session.ts';
import { newestWire, type Role } from '../native/message-table.ts';
import type { PipeManner } from './byte-pipe.ts';
import { SimulatedApplication } from './simulated-application.ts';
import { type KeptBytes, SimulatedConnection, type SimulatedConnectionOptions } from './simulated-connection.ts';
import { SimulatedPort } from './simulated-port.ts';

/** What a simulated agent does with an OPEN; the port is named `now-3`, `later-4`. */
export type Welcome = 'now' | 'later' | 'refused';

/** One session, seen from both ends. */
export interface SimulatedSession {
  readonly application: SimulatedApplication;
  /** Where the device's byte count stands when the session begins. */
  readonly startOffset: number;
  port: SimulatedPort | undefined;
}

export interface PairOptions {
  readonly limits?: Limits;
  readonly toAccepter?: PipeManner;
  readonly toConnector?: PipeManner;
  readonly newestWire?: Readonly<Record<Role, number>>;
  readonly congestedBytes?: number | undefined;
  readonly sent?: NonNullable<SimulatedConnectionOptions['sent']>;
}

const directly: PipeManner = { delaysMs: [1], chunkSizes: [65_536] };
const nothingKept: KeptBytes = { connector: 0, accepter: 0 };
const newest = { connector: newestWire, accepter: newestWire };

/** A client and an agent, one connection between them after the other, and a virtual clock. */
export class SimulatedPair {
  readonly sessions: SimulatedSession[] = [];
  #connecting: SimulatedConnectionOptions;
  /** The last is the one in use; the others have an end that has not noticed yet that they are over. */
  #connections: SimulatedConnection[];
  /** The sessions that the agent keeps, by their tokens. */
  readonly #kept = new Map<string, AccepterSession>();
  #lastToken = 0;
  #now = 0;

  constructor({ limits = defaultLimits, toAccepter = directly, toConnector = directly, ...options }: PairOptions = {}) {
    this.#connecting = {
      newestWire: newest,
      ...options,
      ...{ limits, toAccepter, toConnector, clock: this.clock },
      open: (session, { port }) => this.#welcome(session, port),
      resume: (token) => this.#kept.get(token),
    };
    this.#connections = [new SimulatedConnection(this.#connecting)];
  }

  get now(): number {
    return this.#now;
  }

  readonly clock = (): number => this.#now;

  /** The connection in use, or the last that was. */
  get connection(): SimulatedConnection {
    const last = this.#connections.at(-1);
    if (last === undefined) throw new Error('there is always one');
    return last;
  }

  get connections(): Readonly<Record<Role, Connection>> {
    return this.connection.ends;
  }

  get endings(): Readonly<Record<Role, (SercliError | undefined)[]>> {
    return this.connection.endings;
  }

  /** The client has a connection, as far as it knows. */
  get isConnected(): boolean {
    return !this.connection.isOver('connector');
  }

  /** How many sessions the agent keeps. */
  get keptSessions(): number {
    return this.#kept.size;
  }

  open(welcome: Welcome, startOffset = 0, request: Omit<SessionRequest, 'port'> = {}): SimulatedSession {
    const seed = this.sessions.length;
    const application = new SimulatedApplication(seed, this.clock);
    const session: SimulatedSession = { application, startOffset, port: undefined };
    this.sessions.push(session);
    const port = `${welcome}-${seed}`;
    application.session = this.connections.connector.openSession({ port, ...request }, application);
    return session;
  }

  congest(role: Role, isCongested: boolean): void {
    this.connection.congest(role, isCongested);
  }

  /** The way breaks, and both ends notice it, one of them first. */
  cut(kept: KeptBytes = nothingKept): void {
    this.connection.break(kept);
    this.connection.deliverAll();
    this.connection.lose('connector');
    this.connection.lose('accepter');
  }

  /** The client connects again, if it knows that it has to, and goes on with its sessions. */
  reconnect(): void {
    if (this.isConnected) return;
    this.#connections = this.#connections.filter((old) => !old.isOver('accepter') || !old.isOver('connector'));
    this.#connections.push(new SimulatedConnection(this.#connecting));
    for (const { application } of this.sessions) {
      if (application.isCut) this.connections.connector.carry(application.session);
    }
  }

  /** There is a connection that works, if need be another one. */
  heal(): void {
    if (this.connection.isBroken) this.connection.lose('connector');
    this.reconnect();
  }

  /**
   * The agent is killed, and another one runs in its place, maybe of another release. The client notices when it is told
   * or hears nothing.
   */
  restartAgent(wire: number = this.#connecting.newestWire.accepter): void {
    this.#connecting = { ...this.#connecting, newestWire: { ...this.#connecting.newestWire, accepter: wire } };
    for (const connection of this.#connections) {
      connection.kill('accepter');
      connection.break(nothingKept);
    }
    for (const { port } of this.sessions) port?.vanish();
    this.#kept.clear();
  }

  /** The client is killed, and another one runs in its place. */
  restartClient(): void {
    for (const connection of this.#connections) {
      connection.kill('connector');
      connection.break(nothingKept);
    }
    for (const { application } of this.sessions) application.vanish();
  }

  /** Lets time pass: whatever is due happens at its time. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#dueAt(); due <= end; due = this.#dueAt()) {
      this.#now = Math.max(this.#now, due);
      for (const connection of [...this.#connections]) connection.act();
    }
    this.#now = end;
  }

  #dueAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const connection of this.#connections) at = Math.min(at, connection.dueAt);
    return at;
  }

  #welcome(accepted: AccepterSession, name: string): void {
    const [welcome, number] = name.split('-');
    const session = this.sessions[Number(number)];
    if (session === undefined) throw new Error(`no session ${name}`);
    if (session.port !== undefined) throw new Error(`${name} was opened twice`);
    if (welcome === 'refused') {
      const fields = { port: name, host: 'here', holder: 'desk', since: '10:04' };
      return accepted.close(new SercliError('port-busy', fields), this.#now);
    }
    this.#lastToken += 1;
    const token = `token-${this.#lastToken}`;
    const keeping = { token, keep: () => this.#kept.set(token, accepted), forget: () => this.#kept.delete(token) };
    session.port = new SimulatedPort(accepted, Number(number), session.startOffset, this.clock, keeping);
    if (welcome === 'now') session.port.accept();
  }
}
