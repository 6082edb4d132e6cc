import { SercliError } from '../errors.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { AccepterSession } from '../native/accepter-session.ts';
import { Connection } from '../native/connection.ts';
import { FrameDecoder } from '../native/frame-decoder.ts';
import type { Role } from '../native/message-table.ts';
import { BytePipe, type PipeManner } from './byte-pipe.ts';
import { SimulatedApplication } from './simulated-application.ts';
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
}

const directly: PipeManner = { delaysMs: [1], chunkSizes: [65_536] };

/** Two connections that are joined by two pipes, on a virtual clock. */
export class SimulatedPair {
  readonly connections: Readonly<Record<Role, Connection>>;
  readonly sessions: SimulatedSession[] = [];
  readonly endings: Record<Role, (SercliError | undefined)[]> = { connector: [], accepter: [] };
  readonly congested: Record<Role, boolean> = { connector: false, accepter: false };
  /** Pings that each side sent. */
  readonly pings: Record<Role, number> = { connector: 0, accepter: 0 };
  readonly #pipes: Readonly<Record<Role, BytePipe>>;
  readonly #limits: Limits;
  #now = 0;

  constructor({ limits = defaultLimits, toAccepter = directly, toConnector = directly }: PairOptions = {}) {
    this.#limits = limits;
    this.#pipes = { connector: new BytePipe(toAccepter), accepter: new BytePipe(toConnector) };
    this.connections = { connector: this.#connect('connector'), accepter: this.#connect('accepter') };
  }

  get now(): number {
    return this.#now;
  }

  readonly clock = (): number => this.#now;

  open(welcome: Welcome, startOffset = 0): SimulatedSession {
    const seed = this.sessions.length;
    const application = new SimulatedApplication(seed, this.clock);
    const session: SimulatedSession = { application, startOffset, port: undefined };
    this.sessions.push(session);
    application.session = this.connections.connector.openSession(`${welcome}-${seed}`, {}, application);
    return session;
  }

  congest(role: Role, isCongested: boolean): void {
    this.congested[role] = isCongested;
    this.connections[role].setCongested(isCongested, this.#now);
  }

  /** The carrier breaks; what was under way is lost. */
  drop(): void {
    for (const role of ['connector', 'accepter'] as const) {
      this.#pipes[role].cut();
      const error = new SercliError('connection-lost', { host: 'the peer', reason: 'the cable was pulled' });
      this.connections[role].carrierEnded(error);
    }
  }

  /** Lets time pass: whatever is due happens at its time. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#dueAt(); due <= end; due = this.#dueAt()) {
      this.#now = Math.max(this.#now, due);
      this.#deliver('connector', 'accepter');
      this.#deliver('accepter', 'connector');
      this.#tick('connector');
      this.#tick('accepter');
    }
    this.#now = end;
  }

  #dueAt(): number {
    const { connector, accepter } = this.connections;
    return Math.min(connector.nextTickAt, accepter.nextTickAt, this.#pipes.connector.dueAt, this.#pipes.accepter.dueAt);
  }

  #deliver(from: Role, to: Role): void {
    for (const chunk of this.#pipes[from].receive(this.#now)) this.connections[to].receive(chunk, this.#now);
  }

  #tick(role: Role): void {
    const connection = this.connections[role];
    if (connection.nextTickAt > this.#now) return;
    connection.tick(this.#now);
    if (connection.nextTickAt <= this.#now) throw new Error(`the tick of the ${role} at ${this.#now} did nothing`);
  }

  #connect(role: Role): Connection {
    const watch = this.#watch(role);
    return new Connection(
      { role, name: role, software: 'test/1', limits: this.#limits },
      {
        send: (head, body) => {
          watch.push(head);
          if (body !== undefined) watch.push(body);
          this.#pipes[role].send(head, this.#now);
          if (body !== undefined) this.#pipes[role].send(body, this.#now);
        },
        greeted: () => undefined,
        open: (session, open) => this.#welcome(session, open.port),
        ended: (error) => this.endings[role].push(error),
      },
      this.#now,
    );
  }

  /** Looks at everything that a side sends: whole frames, no data while its carrier is congested. */
  #watch(role: Role): FrameDecoder {
    return new FrameDecoder(
      {
        message: (_channel, { type }) => {
          if (type === 'ping') this.pings[role] += 1;
        },
        data: () => {
          if (this.congested[role]) throw new Error(`the ${role} sends data while its carrier is congested`);
        },
        skipped: (type) => {
          throw new Error(`type ${type} was sent, which nobody knows`);
        },
      },
      role,
      this.#limits,
    );
  }

  #welcome(accepted: AccepterSession, name: string): void {
    const [welcome, number] = name.split('-');
    const session = this.sessions[Number(number)];
    if (session === undefined) throw new Error(`no session ${name}`);
    if (welcome === 'refused') {
      const fields = { port: name, host: 'here', holder: 'desk', since: '10:04' };
      return accepted.close(new SercliError('port-busy', fields), this.#now);
    }
    session.port = new SimulatedPort(accepted, Number(number), session.startOffset, this.clock);
    if (welcome === 'now') session.port.accept();
  }
}
