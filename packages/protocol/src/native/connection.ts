import { errorFromTold, SercliError, tellError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { LineSettingsChange } from '../line-settings.ts';
import { AccepterSession } from './accepter-session.ts';
import type { ChannelCarrier } from './channel.ts';
import { type ConnectorHandlers, ConnectorSession } from './connector-session.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { encodeMessage, maxChannel } from './frame-encoder.ts';
import { type Message, type MessageOf, type Role, wireVersion } from './message-table.ts';
import type { Hello } from './messages/hello.ts';
import type { Session } from './session.ts';

/** How a connection tells its owner what came, and hands over what is to be sent. */
export interface ConnectionHandlers {
  /** A frame, or its header and its body, to be sent in order. The body's memory is reused after the return. */
  send(head: Uint8Array, body?: Uint8Array): void;
  /** The peer has introduced itself. */
  greeted(hello: Hello): void;
  /** The connector wants a port; the answer is `accept` or `close` of the session. Never called on a connector. */
  open(session: AccepterSession, open: MessageOf<'open'>): void;
  /** Over: everything to be said has been sent, the carrier may end. Without an error if a side closed on purpose. */
  ended(error: SercliError | undefined): void;
}

export interface ConnectionOptions {
  readonly role: Role;
  /** What this side is called, told to the peer. */
  readonly name: string;
  /** Program and version, told to the peer. */
  readonly software: string;
  readonly limits: Limits;
}

type State =
  /** The peer's HELLO is awaited until `deadline`. */
  { readonly kind: 'greeting'; readonly deadline: number } | { readonly kind: 'ready' } | { readonly kind: 'ended' };

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
  readonly #sessions = new Map<number, Session>();
  readonly #carrier: ChannelCarrier;
  #state: State;
  #isCongested = false;
  #heardAt: number;
  #pingAt: number;
  #pingNumber = 0;
  #pingSentAt = 0;
  #roundTripMs = 0;
  #lastChannel = 0;
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
    this.#carrier = this.#channelCarrier();
    this.#heardAt = now;
    this.#pingAt = now + limits.pingMs;
    this.#state = { kind: 'greeting', deadline: now + limits.greetingMs };
    this.#send({ type: 'hello', wire: wireVersion, name, software });
  }

  get isEnded(): boolean {
    return this.#state.kind === 'ended';
  }

  /** Milliseconds of the last ping's round trip; 0 before the first. */
  get roundTripMs(): number {
    return this.#roundTripMs;
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
    const mustHear =
      this.#state.kind === 'greeting' ? this.#state.deadline : this.#heardAt + this.#options.limits.deadMs;
    let at = Math.min(mustHear, this.#pingAt);
    for (const session of this.#sessions.values()) at = Math.min(at, session.dueAt);
    return at;
  }

  /** Bytes came. What breaks the protocol ends the connection, with a CLOSE that says why. */
  receive(chunk: Uint8Array, now: number): void {
    if (this.#state.kind === 'ended') return;
    this.#now = now;
    this.#heardAt = now;
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
    if (now - this.#heardAt >= limits.deadMs) return this.close(new SercliError('peer-silent', { ms: limits.deadMs }));
    if (now >= this.#pingAt) this.#ping(now);
    for (const session of this.#sessions.values()) if (now >= session.dueAt) session.tick(now);
  }

  /** Tells whether the carrier holds so much unsent that data should wait. */
  setCongested(isCongested: boolean, now: number): void {
    this.#now = now;
    this.#isCongested = isCongested;
    if (!isCongested) this.#pump(now);
  }

  /**
   * Begins a session on a port of the peer. Connectors only.
   *
   * @throws SercliError `closed` when the connection has ended, `agent-full` when it has as many sessions as may be
   */
  openSession(port: string, settings: LineSettingsChange, handlers: ConnectorHandlers): ConnectorSession {
    if (this.#state.kind === 'ended') throw new SercliError('closed', { what: 'the connection' });
    if (this.#sessions.size >= this.#options.limits.sessionsPerConnection) throw this.#full();
    const channel = this.#freeChannel();
    const session = new ConnectorSession(channel, this.#carrier, handlers, this.#options.limits);
    this.#sessions.set(channel, session);
    session.open(port, settings);
    return session;
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

  #channelCarrier(): ChannelCarrier {
    const connection = this;
    return {
      send: (head, body) => this.#handlers.send(head, body),
      get isCongested() {
        return connection.#isCongested;
      },
      get roundTripMs() {
        return connection.#roundTripMs;
      },
      release: (channel) => void this.#sessions.delete(channel),
    };
  }

  /** Every session in turn; the one that was first goes last, so that the next turn begins with its neighbour. */
  #pump(now: number): void {
    for (const [channel, session] of [...this.#sessions]) {
      if (this.#isCongested) return;
      if (this.#sessions.delete(channel)) this.#sessions.set(channel, session);
      session.pump(now);
    }
  }

  #ping(now: number): void {
    this.#pingNumber = (this.#pingNumber + 1) % 2 ** 32;
    this.#pingSentAt = now;
    this.#pingAt = now + this.#options.limits.pingMs;
    this.#send({ type: 'ping', number: this.#pingNumber });
  }

  #receiveMessage(channel: number, message: Message): void {
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind === 'greeting' && message.type !== 'hello') this.#refuseBeforeHello(message, channel);
    if (channel === 0) return this.#receiveOwn(message);
    const session = this.#sessions.get(channel);
    if (session !== undefined) return session.receiveMessage(message, this.#now);
    if (message.type !== 'open') throw unknownChannel(message.type, channel);
    if (this.#sessions.size >= this.#options.limits.sessionsPerConnection) throw this.#full();
    const accepted = new AccepterSession(message, channel, this.#carrier, this.#options.limits);
    this.#sessions.set(channel, accepted);
    this.#handlers.open(accepted, message);
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
        if (message.number === this.#pingNumber) this.#roundTripMs = this.#now - this.#pingSentAt;
        return;
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
    if (hello.wire !== wireVersion) throw new SercliError('wire-version', { theirs: hello.wire, ours: wireVersion });
    if (this.#state.kind !== 'greeting') {
      throw new SercliError('frame-unexpected', { type: 'hello', channel: 0, reason: 'where one came before' });
    }
    this.#state = { kind: 'ready' };
    this.#handlers.greeted(hello);
  }

  #refuseBeforeHello(message: Message, channel: number): void {
    if (message.type === 'close' && channel === 0) return;
    throw new SercliError('frame-unexpected', { type: message.type, channel, reason: 'and HELLO comes first' });
  }

  #full(): SercliError {
    return new SercliError('agent-full', { count: this.#sessions.size, things: 'sessions of this connection' });
  }

  #freeChannel(): number {
    do this.#lastChannel = (this.#lastChannel % maxChannel) + 1;
    while (this.#sessions.has(this.#lastChannel));
    return this.#lastChannel;
  }

  #send(message: Message): void {
    this.#handlers.send(encodeMessage(0, message));
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    const forSessions = error ?? new SercliError('connection-lost', { host: 'the peer', reason: 'it was closed' });
    for (const session of [...this.#sessions.values()]) session.connectionEnded(forSessions);
    this.#handlers.ended(error);
  }
}

function unknownChannel(type: string, channel: number): SercliError {
  return new SercliError('frame-unexpected', { type, channel, reason: 'where no session is' });
}
