import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultyConnection, type NetworkState } from './faulty-connection.ts';
import type { CutKind, NetworkFault } from './network-faults.ts';

/** A TCP proxy in front of a server: the network between that and its clients, with faults on command. */
export class FaultProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #connections = new Set<FaultyConnection>();
  #server: Server | undefined;
  #tcpPort = 0;
  #accepted = 0;
  #isStalled = false;
  #delayMs = 0;
  #isSplit = false;
  #cut: { remainingBytes: number; readonly how: CutKind } | undefined;
  readonly #state: NetworkState;

  /** Listens on a free TCP port of the loopback interface. */
  static async start(tcpPort: number, host = '127.0.0.1'): Promise<FaultProxy> {
    const proxy = new FaultProxy({ host, port: tcpPort });
    await proxy.accept();
    return proxy;
  }

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    const proxy = this;
    this.#state = {
      get isStalled() {
        return proxy.#isStalled;
      },
      get delayMs() {
        return proxy.#delayMs;
      },
      get isSplit() {
        return proxy.#isSplit;
      },
      pass: (bytes) => this.#pass(bytes),
      passed: () => this.#passed(),
    };
  }

  /** Where clients connect; always the same. */
  get tcpPort(): number {
    return this.#tcpPort;
  }

  /** Connections accepted so far. */
  get acceptedConnections(): number {
    return this.#accepted;
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Ends all connections now. */
  cut(how: CutKind = 'reset'): void {
    this.#cut = undefined;
    for (const connection of this.#connections) connection.cut(how);
  }

  /** Ends all connections when `bytes` more have passed, counted in both directions together. */
  cutAfter(bytes: number, how: CutKind = 'end'): void {
    this.#cut = { remainingBytes: bytes, how };
  }

  /** Nothing is read or sent on until `resume`; connections stay, and new ones are made. */
  stall(): void {
    this.#isStalled = true;
    this.#renew();
  }

  resume(): void {
    this.#isStalled = false;
    this.#renew();
  }

  /** Everything that comes from now on is sent on so many milliseconds later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Whether every byte is sent on by itself; meant for some kB per second. */
  split(isSplit: boolean): void {
    this.#isSplit = isSplit;
  }

  /** New connections are refused by the kernel until `accept`; those that are there stay. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  async accept(): Promise<void> {
    if (this.#server !== undefined) return;
    // The target's end is told apart from its last bytes, and so is the client's.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#connect(socket));
    this.#server = server;
    server.listen(this.#tcpPort, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address !== 'string') this.#tcpPort = address.port;
  }

  /** Resolves when the fault is over; a cut after some bytes is over when they have passed, which nobody waits for. */
  async inflict(fault: NetworkFault): Promise<void> {
    switch (fault.kind) {
      case 'cut':
        return this.cut(fault.how);
      case 'cut-after':
        return this.cutAfter(fault.bytes, fault.how);
      case 'outage':
        this.refuse();
        this.cut(fault.how);
        await wait(fault.ms);
        return this.accept();
      case 'stall':
        this.stall();
        await wait(fault.ms);
        return this.resume();
      case 'delay':
        this.delay(fault.delayMs);
        await wait(fault.ms);
        return this.delay(0);
      case 'split':
        this.split(true);
        await wait(fault.ms);
        return this.split(false);
      default:
        return fault satisfies never;
    }
  }

  async close(): Promise<void> {
    this.refuse();
    const closed = [...this.#connections].map((connection) => connection.closed);
    for (const connection of this.#connections) connection.close();
    await Promise.all(closed);
  }

  #connect(client: Socket): void {
    this.#accepted += 1;
    const server = connect({ ...this.#target, allowHalfOpen: true });
    const connection = new FaultyConnection(client, server, this.#state);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }

  #pass(bytes: number): number {
    if (this.#cut === undefined) return bytes;
    const passing = Math.min(bytes, this.#cut.remainingBytes);
    this.#cut.remainingBytes -= passing;
    return passing;
  }

  #passed(): void {
    if (this.#cut?.remainingBytes === 0) this.cut(this.#cut.how);
  }

  #renew(): void {
    for (const connection of this.#connections) connection.renew();
  }
}
