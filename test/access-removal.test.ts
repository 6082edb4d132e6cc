import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionList } from '@sercli/protocol';
import { FaultProxy, requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttachProgram } from './support/attach-program.ts';
import { exchange } from './support/exchange.ts';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';
import { User } from './support/user.ts';

/** What a removal may take until everybody knows, in milliseconds: a command starts, and says so. */
const atOnceMs = 2_000;

requires(userRequirements)('a client that is removed', () => {
  let machines: TwoMachines;
  let owner: User;
  let device: PtyDevice;
  beforeAll(async () => {
    device = new PtyDevice();
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    owner = machines.owner();
    const agent = await owner.startAgent('--port', `plc=${device.path}`, '--port', 'echo=sim:echo');
    await agent.stderr.waitFor(/advertised as SerialMachine/);
  });
  afterAll(async () => {
    await machines.close();
    device.close();
  });
  const knownClient = async (name: string): Promise<User> => {
    const user = machines.client(name);
    await owner.letIn(user);
    return user;
  };

  it('loses its session at once, and waits to be let in again', async () => {
    const anna = await knownClient('anna');
    const attached = await anna.attach(machines.address('plc'));
    await attached.next('ready');
    const impatient = await anna.attach(machines.address('echo'), '--no-wait');
    await impatient.next('ready');
    device.echo();
    expect(await exchange(anna, attached.link, 'before')).toBe('before');
    await device.receive(0);
    await owner.result('authorize', '--remove', await anna.fingerprint());
    expect(await attached.next('lost', atOnceMs)).toMatchObject({ code: 'not-authorized' });
    expect(await owner.result('who', 'localhost')).not.toContain('plc');
    await impatient.program.expectExit(7);
    await writeFile(attached.link, 'meanwhile');
    const fingerprint = await attached.waits();
    expect(device.receivedBytes).toBe(0);

    await owner.result('authorize', fingerprint);
    await attached.next('up');
    await device.receiveText('meanwhile');
  });

  it('loses a console, and every list that it follows', async () => {
    const bob = await knownClient('bob');
    const terminal = await bob.sercli('console', machines.address('echo'));
    terminal.stdin.write('typed');
    await terminal.stdout.waitFor(/typed/);
    const one = await bob.sercli('ls', machines.serialMachine.address, '--watch', '--json');
    await one.stdout.waitFor(/"event":"listed".*"echo"/);
    const all = await bob.sercli('ls', '--watch', '--json');
    await all.stdout.waitFor(/"event":"listed".*"echo"/);
    await owner.result('authorize', '--remove', await bob.fingerprint());
    await terminal.expectExit(7, atOnceMs);
    await one.expectExit(7, atOnceMs);
    await all.stdout.waitFor(/"event":"listed".*"error":\{"code":"not-authorized"/);
  });
});

describe('a client that is removed while it is cut off', () => {
  let folder: string;
  let owner: User;
  let anna: User;
  let proxy: FaultProxy;
  let attached: AttachProgram;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    [owner, anna] = [new User(join(folder, 'owner')), new User(join(folder, 'anna'))];
    const tcpPort = await freeTcpPort();
    await owner.startAgent('--listen', `127.0.0.1:${tcpPort}`, '--no-advertise', '--port', 'echo=sim:echo');
    proxy = await FaultProxy.start(tcpPort);
    await owner.letIn(anna);
    attached = await anna.attach(`127.0.0.1:${proxy.tcpPort}/echo`);
    await attached.next('ready');
  });
  afterEach(async () => {
    await anna.end();
    await owner.end();
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  it('does not get its session back', async () => {
    proxy.refuse();
    proxy.cut();
    await attached.next('paused');
    const sessions = async () => (JSON.parse(await owner.result('who', 'localhost', '--json')) as SessionList).sessions;
    await until('the session is cut', async () => (await sessions())[0]?.cutSince !== undefined);
    await owner.result('authorize', '--remove', await anna.fingerprint());
    expect(await sessions()).toEqual([]);
    await proxy.accept();
    expect(await attached.next('lost')).toMatchObject({ code: 'not-authorized' });
    await attached.waits();
    expect(await sessions()).toEqual([]);
  });
});
