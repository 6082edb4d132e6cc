import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentPlace,
  type Carrier,
  HeldSessions,
  type LinkState,
  listenNative,
  loadIdentity,
  NativeEndpoint,
  type NativeListener,
} from '@sercli/link';
import {
  type AccepterSession,
  type AgentAddress,
  defaultLimits,
  defaultLineSettings,
  noModemLines,
  parsePortAddress,
  SercliError,
} from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientAccess } from './access/client-access.ts';
import { AgentConnections } from './agent-connections.ts';
import { AgentLocator, type LocateOptions } from './agent-locator.ts';
import type { SessionEvent } from './open-options.ts';

/** Finds whoever is to answer now. */
class MovingLocator extends AgentLocator {
  place: AgentPlace = { host: '127.0.0.1', tcpPort: 0, carrier: 'stream' };
  /** Nobody is found before. */
  found: Promise<void> = Promise.resolve();

  override async locate(_address: AgentAddress, { signal }: LocateOptions = {}): Promise<readonly AgentPlace[]> {
    const isAborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(new SercliError('aborted', { what: 'looking for it' })));
    });
    await Promise.race([this.found, isAborted]);
    return [this.place];
  }
}

/** The accepting end of the native protocol, with one port that takes every byte. */
class Machine {
  received = '';
  readonly #carriers: Carrier[] = [];
  readonly #held = new HeldSessions();
  #listener: NativeListener | undefined;

  async listen(directory: string): Promise<AgentPlace> {
    this.#listener = await listenNative({
      address: '127.0.0.1',
      tcpPort: 0,
      identity: await loadIdentity(directory),
      hasName: () => true,
      refusal: () => undefined,
      onCarrier: (carrier) => this.#serve(carrier),
      onRequest: (_request, response) => void response.writeHead(404).end(),
      onCrowded: () => undefined,
      onSlowed: () => undefined,
    });
    return { host: '127.0.0.1', tcpPort: this.#listener.tcpPort, carrier: 'stream' };
  }

  cut(): void {
    for (const carrier of this.#carriers.splice(0)) carrier.abort();
  }

  async close(): Promise<void> {
    this.#held.close();
    await this.#listener?.close();
  }

  #serve(carrier: Carrier): void {
    this.#carriers.push(carrier);
    const options = { role: 'accepter', name: 'test', software: 'test', limits: defaultLimits } as const;
    new NativeEndpoint(carrier, options, {
      greeted: () => undefined,
      open: (session) => this.#open(session),
      resume: (token) => this.#held.find(token, { client: 'anna', address: 'here' }),
      ended: () => undefined,
    });
  }

  #open(session: AccepterSession): void {
    const holding = { client: 'anna', graceMs: 60_000, cut: () => undefined, resumed: () => undefined };
    const { token, keeper } = this.#held.hold(session, holding);
    const port = { name: 'ttyS0', device: 'memory', settings: defaultLineSettings, lines: noModemLines };
    session.accept(
      { ...port, epoch: 'e', offset: 0, token },
      {
        received: (bytes) => {
          this.received += Buffer.from(bytes).toString();
          session.taken(performance.now());
        },
        request: () => undefined,
        sendable: () => undefined,
        taken: () => this.received.length,
        closing: () => session.close(undefined, performance.now()),
        ended: () => undefined,
      },
      keeper,
    );
    // Opens the window.
    session.taken(performance.now());
  }
}

describe('AgentConnections', () => {
  const address = parsePortAddress('SerialMachine/ttyS0');
  const client = { name: 'anna@laptop', software: 'test' };
  let folder: string;
  let machine: Machine;
  let impostor: Machine;
  let locator: MovingLocator;
  let connections: AgentConnections;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-connections-'));
    machine = new Machine();
    impostor = new Machine();
    locator = new MovingLocator();
    connections = new AgentConnections({
      client,
      access: new ClientAccess({ directory: join(folder, 'client') }),
      locator,
    });
  });
  afterEach(async () => {
    await Promise.all([machine.close(), impostor.close()]);
    await rm(folder, { recursive: true });
  });

  it('refuses who answers in place of the agent when a session was cut, tells it, and goes on with the agent', async () => {
    const own = await machine.listen(join(folder, 'machine'));
    const other = await impostor.listen(join(folder, 'impostor'));
    locator.place = own;
    let tellState: (state: LinkState) => void = () => undefined;
    const back = new Promise<void>((resolve) => {
      tellState = (state) => state.kind === 'up' && resolve();
    });
    let tellRoom: () => void = () => undefined;
    let tell: (event: SessionEvent) => void = () => undefined;
    const keyChanged = new Promise<SessionEvent>((resolve) => {
      tell = resolve;
    });
    const link = await connections.open(address, {}, { told: (event) => tell(event) });
    const hasRoom = new Promise<void>((resolve) => {
      tellRoom = resolve;
    });
    link.listen({
      readable: () => undefined,
      writable: () => tellRoom(),
      event: (event) => event.kind === 'state' && tellState(event.state),
    });
    if (link.write(Buffer.from('before, ')) === 0) await hasRoom.then(() => link.write(Buffer.from('before, ')));
    locator.place = other;
    machine.cut();
    expect(await keyChanged).toMatchObject({ kind: 'key-changed', error: { code: 'agent-key-changed' } });
    // While it is cut, nothing is taken from who writes.
    expect(link.write(Buffer.from('meanwhile'))).toBe(0);
    locator.place = own;
    await back;
    expect(link.write(Buffer.from('after'))).toBe('after'.length);
    await link.close();
    expect(machine.received).toBe('before, after');
    expect(impostor.received).toBe('');
  });

  it('goes on for the others when the one gives up who was the first to connect', async () => {
    locator.place = await machine.listen(join(folder, 'machine'));
    let find = (): void => undefined;
    locator.found = new Promise((resolve) => {
      find = resolve;
    });
    const first = new AbortController();
    const second = new AbortController();
    const opened = [
      connections.open(address, {}, { signal: first.signal }),
      connections.open(address, {}, { signal: second.signal }),
      connections.open(address),
    ];
    // Who has joined does not wait until the first one is through.
    second.abort();
    await expect(opened[1]).rejects.toMatchObject({ code: 'aborted' });
    first.abort();
    await expect(opened[0]).rejects.toMatchObject({ code: 'aborted' });
    find();
    await (await opened[2])?.close();
  });

  it('gives up connecting when all have who wait for it, and begins anew for the next one', async () => {
    locator.found = new Promise(() => undefined);
    const both = new AbortController();
    const opened = [1, 2].map(() => connections.open(address, {}, { signal: both.signal }));
    both.abort();
    for (const one of opened) await expect(one).rejects.toMatchObject({ code: 'aborted' });
    locator.found = Promise.resolve();
    locator.place = await machine.listen(join(folder, 'machine'));
    await (await connections.open(address)).close();
  });

  it('opens no port for who shows another key than before', async () => {
    locator.place = await machine.listen(join(folder, 'machine'));
    await (await connections.open(address)).close();
    locator.place = await impostor.listen(join(folder, 'impostor'));
    await expect(connections.open(address, {}, { ifUnknown: 'wait' })).rejects.toMatchObject({
      code: 'agent-key-changed',
    });
  });
});
