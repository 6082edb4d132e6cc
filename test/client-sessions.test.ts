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
    await until('it is lost', () => events.length > 0);
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

  it('takes nothing away that had come before, however late it is read', async () => {
    const first = await start();
    const port = await connect();
    const events = eventsOf(port);
    const sent = patternBytes(400_000);
    port.read(0);
    device.send(sent);
    await until('the stream is full', () => port.readableLength >= 65_536);
    await first.end('SIGKILL');
    await start();
    await until('it is up', () => events.some(([kind]) => kind === 'up'));
    device.send('END');
    const read: Buffer[] = [];
    port.on('data', (chunk) => read.push(chunk));
    await until('the end is read', () => Buffer.concat(read).subarray(-3).toString() === 'END');
    const gaps = events.filter(([kind]) => kind === 'gap').map(([, gap]) => gap as { offset: number });
    expect(gaps).toHaveLength(1);
    const [all, [gap]] = [Buffer.concat(read), gaps];
    const offset = gap?.offset ?? 0;
    expect(offset).toBeGreaterThan(65_536);
    expect(all.subarray(0, offset).equals(sent.subarray(0, offset))).toBe(true);
    // What the device had not sent yet comes behind.
    const rest = all.subarray(offset, -3);
    expect(rest.equals(sent.subarray(sent.length - rest.length))).toBe(true);
    await port.close();
  });

  it('leaves bytes in doubt that nobody knows of', async () => {
    const first = await start();
    const port = await connect();
    const events = eventsOf(port);
    device.pause();
    // In pieces, so that it can be seen how much is under way: the rest waits in the stream.
    const sent = patternBytes(600_000);
    for (let at = 0; at < sent.length; at += 1_000) port.write(sent.subarray(at, at + 1_000));
    await until('some is under way', () => port.writableLength < sent.length);
    await first.end('SIGKILL');
    await until('it is lost', () => events.some(([kind]) => kind === 'lost'));
    device.resume();
    await start();
    port.write('END');
    let received = Buffer.alloc(0);
    while (!received.subarray(-3).equals(Buffer.from('END')))
      received = Buffer.concat([received, await device.receive(1)]);
    const [, told] = events.find(([kind]) => kind === 'in-doubt') ?? [];
    const { bytes } = told as { bytes: number };
    expect(bytes).toBeGreaterThan(0);
    // Sent once or in doubt, and never twice.
    const missing = sent.length - (received.length - 3);
    expect(missing).toBeGreaterThanOrEqual(0);
    expect(missing).toBeLessThanOrEqual(bytes);
    await port.close();
  });

  it('ends the stream where that is wanted', async () => {
    const first = await start();
    const port = await connect({ reopens: false });
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

describe('a program that uses the client', () => {
  let bench: ClientBench;
  beforeEach(async () => {
    bench = await ClientBench.create();
  });
  afterEach(() => bench.close());

  it('ends by itself: one that closes or destroys its port, finds no agent, or has looked for agents', async () => {
    const script = join(import.meta.dirname, 'support', 'client-program.mjs');
    const run = async (task: string, port: string): Promise<string> => {
      const args = [script, task, bench.address(port), join(bench.folder, task)];
      const program = await ChildProgram.start(process.execPath, args);
      await program.stdout.waitFor(/done/);
      await program.expectExit(0, endMs);
      return program.stdout.text;
    };
    const runs = [run('echo', 'echo'), run('destroy', 'modem'), run('missing', 'echo'), run('find', 'echo')];
    const [echo, destroy, missing, find] = await Promise.all(runs);
    expect(echo).toBe('hello\ndone\n');
    expect(destroy).toBe('done\n');
    expect(missing).toBe('host-not-found\ndone\n');
    expect(find).toMatch(/\ndone\n$/);
  });
});
