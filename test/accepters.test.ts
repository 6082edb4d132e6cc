import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortList, SessionList } from '@sercli/protocol';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';

requires({ ...twoMachineRequirements, programs: ['ip', 'nc', 'socat'] })('programs without sercli', () => {
  let machines: TwoMachines;
  let device: PtyDevice;
  let file: string;
  beforeEach(async () => {
    machines = await TwoMachines.create();
    device = new PtyDevice();
    file = join(machines.folder, 'sercli.yaml');
  });
  afterEach(async () => {
    await machines.close();
    device.close();
  });

  const write = (tcp: unknown): Promise<void> =>
    writeFile(file, JSON.stringify({ name: 'plant', open: true, ports: { plc: { device: device.path, tcp } } }));
  const start = async (tcp: unknown): Promise<ChildProgram> => {
    await write(tcp);
    const agent = await machines.sercli(machines.serialMachine, 'agent', '--config', file, '--no-advertise');
    await agent.stderr.waitFor(/plc is served: /);
    return agent;
  };
  const nc = (tcpPort: number): Promise<ChildProgram> =>
    machines.run(machines.laptop, 'nc', [machines.serialMachine.address, String(tcpPort)]);
  const asked = async <List>(command: string): Promise<List> => {
    const program = await machines.sercli(machines.laptop, command, machines.serialMachine.address, '--json');
    await program.expectExit(0);
    return JSON.parse(program.stdout.text);
  };
  const sessions = async () => (await asked<SessionList>('who')).sessions;
  /** A client that has its session: what it sends has reached the device. */
  const attached = async (tcpPort: number): Promise<ChildProgram> => {
    const client = await nc(tcpPort);
    client.stdin.write(`hello of ${tcpPort}\n`);
    await device.receiveText(`hello of ${tcpPort}\n`);
    return client;
  };

  /** Resolves when the agent has ended the connection: until then, nc waits. */
  const disconnected = async (client: ChildProgram): Promise<void> => {
    client.stdin.end();
    await client.expectExit(0);
  };

  it('reach a port by --tcp, beside clients of the native protocol', async () => {
    const agent = await machines.startAgent([`plc=${device.path}`], '--no-advertise', '--tcp', ':3333=plc');
    await agent.stderr.waitFor(/plc is served on \S+:3333 \(auto\): whoever reaches that may use it/);
    const client = await attached(3333);
    await agent.stderr.waitFor(/plc: \S+ speaks raw/);
    const watcher = await machines.sercliOnTerminal('console', machines.address('plc'), '--monitor');
    await until('there are two sessions', async () => (await sessions()).length === 2);
    device.send('to both\r\n');
    await client.stdout.waitFor(/to both/);
    await watcher.screen.waitFor(/to both/);
    const { ports } = await asked<PortList>('ls');
    expect(ports).toMatchObject([
      { controller: { name: 'raw client' }, accepters: [{ protocol: 'auto', onBusy: 'refuse', clients: ['raw'] }] },
    ]);
    const table = await machines.sercli(machines.laptop, 'ls', machines.serialMachine.address);
    await table.stdout.waitFor(/raw client since \d\d:\d\d +\S+:3333 auto \(raw\)/);
    const who = await machines.sercli(machines.laptop, 'who', machines.serialMachine.address);
    await who.stdout.waitFor(/plc +raw client on \S+:3333 .* control /);
  });

  it('are not served where nobody asked for it, and from the machine itself unless an address is given', async () => {
    await start(3333);
    const stranger = await nc(3333);
    await stranger.expectExit(1);
    const own = await machines.run(machines.serialMachine, 'nc', ['127.0.0.1', '3333']);
    own.stdin.write('from here\n');
    await device.receiveText('from here\n');
  });

  it('are told what ser2net would tell them', async () => {
    const refusing = { protocol: 'raw', onBusy: 'refuse' };
    await start([
      { listen: ':3333', ...refusing },
      { listen: ':3334', ...refusing, allow: '192.0.2.0/24' },
      { listen: ':3335', protocol: 'telnet' },
    ]);
    await attached(3333);
    const busy = await nc(3333);
    await busy.stdout.waitFor(/^Port already in use\r\n$/);
    await disconnected(busy);
    const denied = await nc(3334);
    await denied.stdout.waitFor(/^Accessed denied due to your net address\r\n$/);
    await disconnected(denied);
    // What was negotiated is no text.
    const telnet = await nc(3335);
    await telnet.stdout.waitFor(/\ufffd.*Port already in use\r\n$/s);
    await disconnected(telnet);
  });

  it('monitor, share and replace', async () => {
    await start([
      { listen: ':3333', protocol: 'raw', onBusy: 'monitor' },
      { listen: ':3334', protocol: 'raw', onBusy: 'share' },
      { listen: ':3335', protocol: 'raw', onBusy: 'replace' },
    ]);
    const controller = await attached(3333);
    const monitor = await nc(3333);
    monitor.stdin.write('to nobody\n');
    await until('it is refused', async () => (await sessions())[1]?.accepter?.refusedBytes === 10);
    const sharer = await attached(3334);
    device.send('to all three\n');
    for (const client of [controller, monitor, sharer]) await client.stdout.waitFor(/to all three/);
    controller.stdin.write('still mine\n');
    await device.receiveText('still mine\n');
    expect((await sessions()).map(({ role }) => role)).toEqual(['control', 'monitor', 'control']);
    await attached(3335);
    await disconnected(sharer);
    controller.stdin.write('not any more\n');
    const refused = async () => (await sessions())[0]?.accepter?.refusedBytes;
    await until('the first one only watches', async () => (await refused()) === 'not any more\n'.length);
  });

  it('are disconnected when they are idle', async () => {
    await start({ listen: ':3333', protocol: 'raw', idleMs: 200 });
    await disconnected(await nc(3333));
    await until('the port is free', async () => (await sessions()).length === 0);
  });

  it('keep their sessions through a reload that does not concern them', async () => {
    const kept = { listen: ':3333', protocol: 'raw', onBusy: 'share' };
    const agent = await start([kept, { listen: ':3334', protocol: 'raw', onBusy: 'share' }]);
    const [staying, leaving] = [await attached(3333), await attached(3334)];
    await write([{ listen: ':3335', protocol: 'raw', onBusy: 'share' }, kept]);
    agent.signal('SIGHUP');
    await agent.stderr.waitFor(/read .* again/);
    await disconnected(leaving);
    device.send('still here\n');
    await staying.stdout.waitFor(/still here/);
    await attached(3335);
    // Somebody else has the TCP port: everything stays as it is.
    await machines.run(machines.serialMachine, 'nc', ['-l', '127.0.0.1', '3336']);
    await until('it listens', async () => (await machines.serialMachine.execute('ss', ['-ltn'])).includes(':3336'));
    await write([{ listen: ':3337', protocol: 'raw' }, '127.0.0.1:3336']);
    const reload = await machines.sercli(machines.serialMachine, 'agent', 'reload');
    await reload.expectExit(5);
    expect(reload.stderr.text).toMatch(/cannot listen on 127\.0\.0\.1:3336: another program does/);
    device.send('and still\n');
    await staying.stdout.waitFor(/and still/);
    await (await nc(3337)).expectExit(1);
  });

  it('lose nothing because another client of the port has stopped', async () => {
    await start({ listen: ':3333', protocol: 'raw', onBusy: 'share' });
    const place = `TCP:${machines.serialMachine.address}:3333`;
    const stopped = await machines.run(machines.laptop, 'socat', ['-u', place, 'STDOUT']);
    await until('it is attached', async () => (await sessions()).length === 1);
    stopped.signal('SIGSTOP');
    const got = join(machines.folder, 'got');
    await machines.run(machines.laptop, 'socat', ['-u', place, `OPEN:${got},creat`]);
    await until('both are attached', async () => (await sessions()).length === 2);
    const bytes = Buffer.alloc(32 * 1024 ** 2);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) % 2 ** 32, at);
    device.send(bytes);
    await until('all has come', async () => (await stat(got)).size >= bytes.length, 60_000);
    const hashOf = (all: Buffer): string => createHash('sha256').update(all).digest('hex');
    expect(hashOf(await readFile(got))).toBe(hashOf(bytes));
    // More than the log keeps for it: it is disconnected rather than sent a stream with a hole.
    await until('the one that has stopped is gone', async () => (await sessions()).length === 1);
  });
});
