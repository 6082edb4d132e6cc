import { errorFromTold, errorTable, SercliError, tellError } from '../errors.ts';
import { AccepterSession } from './accepter-session.ts';
import type { ConnectionHandlers, ConnectionOptions } from './connection-options.ts';
import type { ConnectorHandlers } from './connector-handlers.ts';
import { ConnectorSession, type SessionRequest } from './connector-session.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { encodeMessage } from './frame-encoder.ts';
import { Keepalive } from './keepalive.ts';
import { type Message, type MessageOf, newestWire, oldestWire } from './message-table.ts';
import { RefusedSession } from './refused-session.ts';
import type { SessionCarrier, SessionWay } from './session-stream.ts';
import { SessionTable } from './session-table.ts';

type State =
  /** The peer's HELLO is awaited until `deadline`. */
  | { readonly kind: 'greeting'; readonly deadline: number }
  | { readonly kind: 'ready'; readonly wire: number }
  | { readonly kind: 'ended' };

/**
 * One end of a connection of the native protocol: greeting, keepalive, and the sessions on its channels.
 *
 * It does no I/O and knows no time but the one it is given: `now` is in milliseconds and only ever grows.
 * The owner passes on what it receives, sends what it is handed, and calls `tick` at `nextTickAt`.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #decoder: FrameDecoder;
  readonly #sessions = new SessionTable();
  readonly #carrier: SessionCarrier & { isCongested: boolean };
  readonly #newestWire: number;
  /** Sessions that wait for the greeting: what may be asked for depends on the version that the peer speaks. */
  readonly #waiting = new Set<ConnectorSession>();
  #state: State;
  readonly #keepalive: Keepalive;
  /** Frames of optional types that this release does not know. */
  #skippedFrames = 0;
  #now: number;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers, now: number) {
    this.#options = options;
    this.#handlers = handlers;
    this.#now = now;
    const { limits, role, name, software } = options;
    const peerRole = role === 'connector' ? 'accepter' : 'connector';
    this.#decoder = new FrameDecoder(
      {
        message: (channel, message) => this.#receiveMessage(channel, message),
        data: (channel, offset, bytes) => this.#receiveData(channel, offset, bytes),
        skipped: () => {
          this.#skippedFrames += 1;
        },
      },
      peerRole,
      limits,
    );
    this.#carrier = this.#sessionCarrier();
    this.#newestWire = options.newestWire ?? newestWire;
    this.#keepalive = new Keepalive(limits, now);
    this.#state = { kind: 'greeting', deadline: now + limits.greetingMs };
    const newest = this.#newestWire === oldestWire ? {} : { newest: this.#newestWire };
    this.#send({ type: 'hello', wire: oldestWire, ...newest, name, software });
  }

  get isEnded(): boolean {
    return this.#state.kind === 'ended';
  }

  /** Milliseconds of the last ping's round trip; 0 before the first. */
  get roundTripMs(): number {
    return this.#keepalive.roundTripMs;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  get skippedFrames(): number {
    return this.#skippedFrames;
  }

  /** True between two frames: a message of a carrier that keeps messages apart must leave it so. */
  get isBetweenFrames(): boolean {
    return this.#decoder.isBetweenFrames;
  }

  /** When `tick` has something to do next. */
  get nextTickAt(): number {
    if (this.#state.kind === 'ended') return Number.POSITIVE_INFINITY;
    const mustHear = this.#state.kind === 'greeting' ? this.#state.deadline : this.#keepalive.deadAt;
    return Math.min(mustHear, this.#keepalive.pingAt, this.#sessions.dueAt);
  }

  /** Bytes came. What breaks the protocol ends the connection, with a CLOSE that says why. */
  receive(chunk: Uint8Array, now: number): void {
    if (this.#state.kind === 'ended') return;
    this.#now = now;
    this.#keepalive.heard(now);
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      if (!(error instanceof SercliError)) throw error;
      this.close(error);
    }
  }

  tick(now: number): void {
    this.#now = now;
    if (this.#state.kind === 'ended') return;
    const { limits } = this.#options;
    if (this.#state.kind === 'greeting' && now >= this.#state.deadline) {
      return this.close(new SercliError('peer-silent', { ms: limits.greetingMs }));
    }
    if (now >= this.#keepalive.deadAt) return this.close(new SercliError('peer-silent', { ms: limits.deadMs }));
    if (now >= this.#keepalive.pingAt) this.#send({ type: 'ping', number: this.#keepalive.ping(now) });
    this.#sessions.tick(now);
  }

  /** Tells whether the carrier holds so much unsent that data should wait. */
  setCongested(isCongested: boolean, now: number): void {
    this.#now = now;
    this.#carrier.isCongested = isCongested;
    if (!isCongested) this.#sessions.pump(now, () => this.#carrier.isCongested);
  }

  /**
   * Begins a session on a port of the peer. Connectors only.
   *
   * @throws SercliError `closed` when the connection has ended, `agent-full` when it is, and as `checkSessionRequest`
   */
  openSession(request: SessionRequest, handlers: ConnectorHandlers): ConnectorSession {
    const session = new ConnectorSession(request, handlers, this.#options.limits);
    this.carry(session);
    return session;
  }

  /**
   * Goes on with a session that was cut off from another connection to the same peer. Connectors only.
   *
   * @throws SercliError `closed`, `agent-full` as `openSession`; then the session stays cut off. `internal` where it is not
   *   cut off
   */
  carry(session: ConnectorSession): void {
    if (session.isOver) return;
    if (!session.isWaiting) throw new SercliError('internal', { what: 'a session was carried on that is not cut off' });
    if (this.#state.kind === 'ended') throw new SercliError('closed', { what: 'the connection' });
    if (this.#sessions.size + this.#waiting.size >= this.#options.limits.sessionsPerConnection) throw this.#full();
    if (this.#state.kind === 'greeting') this.#waiting.add(session);
    else this.#attach(session);
  }

  /** Ends the connection and all its sessions; the peer is told. Idempotent. */
  close(error?: SercliError): void {
    if (this.#state.kind === 'ended') return;
    this.#send({ type: 'close', ...(error === undefined ? {} : { error: tellError(error) }) });
    this.#end(error);
  }

  /** The carrier is gone. Idempotent. */
  carrierEnded(error: SercliError): void {
    this.#end(error);
  }

  #sessionCarrier(): SessionCarrier {
    return {
      send: (head, body) => this.#handlers.send(head, body),
      isCongested: false,
      roundTripMs: () => this.roundTripMs,
      wake: (at) => this.#handlers.wake(at),
      release: (channel) => this.#sessions.delete(channel),
      abandon: () =>
        this.#end(new SercliError('connection-lost', { host: 'the peer', reason: 'it came back on another' })),
    };
  }

  #receiveMessage(channel: number, message: Message): void {
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind === 'greeting' && message.type !== 'hello') this.#refuseBeforeHello(message, channel);
    if (channel === 0) return this.#receiveOwn(message);
    const session = this.#sessions.get(channel);
    if (session !== undefined) return session.receiveMessage(message, this.#now);
    if (message.type !== 'open' && message.type !== 'resume') throw unknownChannel(message.type, channel);
    if (this.#sessions.size >= this.#options.limits.sessionsPerConnection) throw this.#full();
    const way = { channel, carrier: this.#carrier };
    if (message.type === 'resume') return this.#resume(message, way);
    const accepted = new AccepterSession(message, way, { limits: this.#options.limits, wire: this.#wire });
    this.#sessions.set(channel, accepted);
    this.#handlers.open(accepted, message);
  }

  #resume(message: MessageOf<'resume'>, way: SessionWay): void {
    if (this.#wire < 2) {
      const reason = `which wire version ${this.#wire} does not have`;
      throw new SercliError('frame-unexpected', { type: message.type, channel: way.channel, reason });
    }
    const session = this.#handlers.resume(message.token);
    if (session === undefined || session.isLate(message)) {
      const reason = 'it was restarted, or the session was cut off for too long';
      this.#sessions.set(way.channel, new RefusedSession(way, new SercliError('session-unknown', { reason })));
      return;
    }
    this.#sessions.set(way.channel, session);
    session.resume(way, message, this.#now);
  }

  get #wire(): number {
    return this.#state.kind === 'ready' ? this.#state.wire : oldestWire;
  }

  #receiveData(channel: number, offset: number, bytes: Uint8Array): void {
    if (this.#state.kind === 'ended') return;
    const session = this.#sessions.get(channel);
    if (session === undefined) throw unknownChannel('data', channel);
    session.receiveData(offset, bytes, this.#now);
  }

  #receiveOwn(message: Message): void {
    switch (message.type) {
      case 'hello':
        return this.#receiveHello(message);
      case 'ping':
        return this.#send({ type: 'pong', number: message.number });
      case 'pong':
        return this.#keepalive.pong(message.number, this.#now);
      case 'close':
        return this.#end(message.error === undefined ? undefined : errorFromTold(message.error));
      default:
        throw new SercliError('frame-unexpected', {
          type: message.type,
          channel: 0,
          reason: 'which is the connection',
        });
    }
  }

  #receiveHello(hello: MessageOf<'hello'>): void {
    const { wire: oldest, newest = oldest } = hello;
    const wire = Math.min(newest, this.#newestWire);
    if (wire < Math.max(oldest, oldestWire)) {
      throw new SercliError('wire-version', { theirs: newest, ours: this.#newestWire });
    }
    if (this.#state.kind !== 'greeting') {
      throw new SercliError('frame-unexpected', { type: 'hello', channel: 0, reason: 'where one came before' });
    }
    this.#state = { kind: 'ready', wire };
    this.#handlers.greeted(hello);
    for (const session of this.#waiting) this.#attach(session);
    this.#waiting.clear();
  }

  #refuseBeforeHello(message: Message, channel: number): void {
    if (message.type === 'close' && channel === 0) return;
    throw new SercliError('frame-unexpected', { type: message.type, channel, reason: 'and HELLO comes first' });
  }

  #full(): SercliError {
    return new SercliError('agent-full', { count: this.#sessions.size, things: 'sessions of this connection' });
  }

  #attach(session: ConnectorSession): void {
    if (!session.isWaiting) return;
    const channel = this.#sessions.freeChannel();
    this.#sessions.set(channel, session);
    session.attach({ channel, carrier: this.#carrier }, this.#wire);
  }

  #send(message: Message): void {
    this.#handlers.send(encodeMessage(0, message));
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    const forSessions = error ?? new SercliError('connection-lost', { host: 'the peer', reason: 'it was closed' });
    const sessions = [...this.#sessions.all, ...this.#waiting];
    this.#sessions.clear();
    this.#waiting.clear();
    for (const session of sessions) {
      if (error !== undefined && isLoss(error)) session.connectionLost(error);
      else session.connectionClosed(forSessions);
    }
    this.#handlers.ended(error);
  }
}

/** The way to the peer is gone, or the peer itself: no fault of what was said, so that another connection can go on. */
function isLoss({ exit }: SercliError): boolean {
  return exit === errorTable['connection-lost'].exit;
}

function unknownChannel(type: string, channel: number): SercliError {
  return new SercliError('frame-unexpected', { type, channel, reason: 'where no session is' });
}
