import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ConnectEvent, type RemotePort } from '@sercli/client';
import { ChildProgram, patternBytes } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientBench } from './support/client-bench.ts';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { OneMachine } from './support/one-machine.ts';
import { PtyDevice } from './support/pty-device.ts';
import { until } from './support/until.ts';
import { User } from './support/user.ts';

/** What a program may take to end when it has nothing left to do, in milliseconds. */
const endMs = 2_000;

/** Collects the kinds of what a port tells besides bytes. */
function eventsOf(port: RemotePort): [string, unknown][] {
  const events: [string, unknown][] = [];
  for (const kind of ['lost', 'up', 'gap', 'in-doubt', 'settings'] as const) {
    port.on(kind, (what: unknown) => events.push([kind, what]));
  }
  return events;
}

describe('an agent that is killed and started again', () => {
  let machine: OneMachine;
  let device: PtyDevice;
  beforeEach(async () => {
    machine = await OneMachine.create();
    device = new PtyDevice();
  });
  afterEach(async () => {
    await machine.close();
    device.close();
  });
  const start = () => machine.startAgent('--port', `dut=${device.path}`);
  const connect = (options: Parameters<Client['connect']>[1] = {}): Promise<RemotePort> => {
    const client = new Client({ stateDirectory: join(machine.folder, 'client') });
    return client.connect(`127.0.0.1:${machine.tcpPort}/dut`, options);
  };

  it('is a pause of the stream, with its settings, and what is missing and in doubt is told', async () => {
    const first = await start();
    const tries: ConnectEvent[] = [];
    const port = await connect({ settings: { baudRate: 9600 }, told: (event) => tries.push(event) });
    await port.update({ stopBits: 2 });
    const events = eventsOf(port);
    const read: Buffer[] = [];
    port.on('data', (chunk) => read.push(chunk));
    device.send('before ');
    await until('it is read', () => Buffer.concat(read).length === 7);
    await first.end('SIGKILL');
    port.write('written meanwhile');
    await start();
    await device.receiveText('written meanwhile');
    device.send('after');
    await until('it is read', () => Buffer.concat(read).toString().endsWith('after'));
    expect(Buffer.concat(read).toString()).toBe('before after');
    expect(events.map(([kind]) => kind)).toEqual(['lost', 'up', 'gap']);
    // The agent that counted the bytes is gone: nobody knows.
    expect(events[2]).toEqual(['gap', { offset: 7, bytes: undefined }]);
    expect(tries.length).toBeGreaterThan(0);
    expect(tries.every(({ kind }) => kind === 'retrying')).toBe(true);
    expect(device.settings).toMatchObject({ baudRate: 9600, stopBits: 2 });
    await port.close();
  });

  it('leaves bytes in doubt that nobody knows of', async () => {
    const first = await start();
    const port = await connect();
    const events = eventsOf(port);
    device.pause();
    port.write(patternBytes(20_000));
    await until('it is under way', () => port.writableLength === 0);
    await first.end('SIGKILL');
    await until('it is lost', () => events.some(([kind]) => kind === 'lost'));
    device.resume();
    await start();
    await until('it is up', () => events.some(([kind]) => kind === 'up'));
    const [, told] = events.find(([kind]) => kind === 'in-doubt') ?? [];
    expect(told).toEqual({ bytes: expect.any(Number) });
    const { bytes } = told as { bytes: number };
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(20_000);
    await port.close();
  });

  it('ends the stream where that is wanted', async () => {
    const first = await start();
    const port = await connect({ reopens: false, graceMs: 1_000 });
    const failed = once(port, 'error');
    await first.end('SIGKILL');
    await start();
    expect(await failed).toMatchObject([{ code: 'session-unknown' }]);
    expect(port.destroyed).toBe(true);
  });

  it('is waited for before it is there, and waiting can be given up', async () => {
    const over = new AbortController();
    const given = connect({ isPatient: true, signal: over.signal, told: () => over.abort() });
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    const patient = connect({ isPatient: true });
    await start();
    await (await patient).close();
    await expect(connect({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a client that the agent does not know', () => {
  let folder: string;
  let owner: User;
  let address: string;
  let client: Client;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    owner = new User(join(folder, 'owner'));
    const tcpPort = await freeTcpPort();
    await owner.startAgent('--listen', `127.0.0.1:${tcpPort}`, '--no-advertise', '--port', 'echo=sim:echo');
    address = `127.0.0.1:${tcpPort}/echo`;
    client = new Client({ stateDirectory: join(folder, 'anna') });
  });
  afterEach(async () => {
    await owner.end();
    await rm(folder, { recursive: true });
  });

  it('is told what to do, or waits to be let in, or stops waiting', async () => {
    await expect(client.connect(address)).rejects.toMatchObject({
      code: 'not-authorized',
      exit: 7,
      message: expect.stringMatching(/run: sercli authorize ....-....-....-....$/),
    });
    const over = new AbortController();
    const stopped = client.connect(address, { ifUnknown: 'wait', signal: over.signal, told: () => over.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });

    const events: ConnectEvent[] = [];
    const waiting = client.connect(address, { ifUnknown: 'wait', told: (event) => events.push(event) });
    await until('it waits', () => events.length > 0);
    const [event] = events;
    if (event?.kind !== 'waiting-for-authorization') throw new Error(`it told ${event?.kind}`);
    await owner.result('authorize', event.fingerprint);
    const port = await waiting;
    expect(events.map(({ kind }) => kind)).toEqual(['waiting-for-authorization', 'authorized']);
    // Who waits to be let in waits again when that is taken back.
    await owner.result('authorize', '--remove', event.fingerprint);
    await until('it waits again', () => events.at(-1)?.kind === 'waiting-for-authorization');
    expect(port.state).toBe('lost');
    await port.close();
    await owner.result('authorize', event.fingerprint);
    const other = await client.connect(address);
    const failed = once(other, 'error');
    await owner.result('authorize', '--remove', event.fingerprint);
    expect(await failed).toMatchObject([{ code: 'not-authorized' }]);
    expect(other.destroyed).toBe(true);
  });

  it('speaks to nobody but the agent whose key it trusts', async () => {
    await owner.letIn(new User(join(folder, 'bob')));
    const bob = new Client({ stateDirectory: new User(join(folder, 'bob')).state() });
    const fingerprint = await owner.fingerprint();
    const trusted = await bob.connect(address, { trust: fingerprint });
    await trusted.close();
    const shown = fingerprint.slice(0, 16).match(/.{4}/g)?.join('-') ?? '';
    await (await bob.connect(address, { trust: shown.toLowerCase() })).close();
    const other = await bob.connect(address, { trust: 'B'.repeat(16) }).catch((error: unknown) => error);
    expect(other).toMatchObject({ code: 'agent-key-refused', message: expect.stringContaining(shown) });
    await expect(bob.connect(address, { trust: 'nonsense' })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a program', () => {
  let bench: ClientBench;
  beforeEach(async () => {
    bench = await ClientBench.create();
  });
  afterEach(() => bench.close());

  it.each([
    ['that closes its port', 'echo', /^hello\ndone\n$/],
    ['that destroys its port', 'destroy', /^done\n$/],
    ['whose agent is not there', 'missing', /^host-not-found\ndone\n$/],
    ['that has looked for agents', 'find', /\ndone\n$/],
  ])('%s ends by itself', async (_what, task, output) => {
    const script = join(import.meta.dirname, 'support', 'client-program.mjs');
    const args = [script, task, bench.address('echo'), join(bench.folder, 'anna')];
    const program = await ChildProgram.start(process.execPath, args);
    await program.stdout.waitFor(/done/);
    await program.expectExit(0, endMs);
    expect(program.stdout.text).toMatch(output);
  });
});
