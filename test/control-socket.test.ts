import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reloadPath, type SessionList } from '@sercli/protocol';
import { ChildProgram, requires } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttachProgram } from './support/attach-program.ts';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { PtyDevice } from './support/pty-device.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

describe('an agent and clients on one machine', () => {
  let folder: string;
  let sockets: string;
  let device: PtyDevice;
  let tcpPort: number;
  let environment: Record<string, string>;
  const programs: ChildProgram[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    sockets = join(folder, 'run', 'sercli');
    await mkdir(join(folder, 'run'), { mode: 0o700 });
    environment = { HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run'), XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
    device = new PtyDevice();
    tcpPort = await freeTcpPort();
  });
  afterEach(async () => {
    for (const program of programs.splice(0).reverse()) await program.end('SIGKILL');
    device.close();
    await rm(folder, { recursive: true });
  });

  const sercli = async (...args: string[]): Promise<ChildProgram> => {
    const program = await ChildProgram.start(process.execPath, [sercliProgram, ...args], { environment });
    programs.push(program);
    return program;
  };
  const result = async (...args: string[]): Promise<string> => {
    const program = await sercli(...args);
    await program.expectExit(0);
    return program.stdout.text;
  };
  /** No client finds the agent by TCP unless it is told this port. */
  const startAgent = async (name: string, ...options: string[]): Promise<ChildProgram> => {
    const listen = ['--listen', `127.0.0.1:${tcpPort}`, '--no-advertise'];
    const agent = await sercli('agent', '--name', name, ...listen, ...options);
    await agent.stderr.waitFor(/listening on \S+:\d+/);
    return agent;
  };
  const attach = async (address: string): Promise<AttachProgram> => {
    const link = join(folder, 'link');
    const attached = new AttachProgram(await sercli('attach', address, '--json', '--link', link), link);
    await attached.next('ready');
    return attached;
  };
  const writeTo = async (link: string, text: string): Promise<void> => {
    await writeFile(link, text);
    await device.receiveText(text);
  };

  it('meet without the network, by localhost and by name', async () => {
    const agent = await startAgent('plant', '--port', `plc=${device.path}`, '--port', 'echo=sim:echo');
    expect(await result('ls', 'localhost')).toMatch(/^plant at localhost \(.*\n.*\n +plc /);
    expect(await result('ls', 'PLANT')).toMatch(/^plant at PLANT /);
    const { link } = await attach('localhost/plc');
    await writeTo(link, 'hello');
    const { sessions } = JSON.parse(await result('who', 'localhost/plc', '--json')) as SessionList;
    expect(sessions).toMatchObject([{ port: 'plc', client: { address: 'localhost' }, role: 'control' }]);
    const terminal = await sercli('console', 'plant/echo');
    terminal.stdin.write('ping');
    await terminal.stdout.waitFor(/ping/);
    terminal.stdin.end();
    await terminal.expectExit(0);
    await agent.end('SIGTERM');
    expect((await readdir(sockets)).filter((file) => file.endsWith('.sock'))).toEqual([]);
  });

  it('go on after kill -9 of the agent, which takes the socket of its former self', async () => {
    const ports = ['--port', `plc=${device.path}`];
    const agent = await startAgent('plant', ...ports);
    const attached = await attach('localhost/plc');
    await agent.end('SIGKILL');
    await attached.next('paused');
    expect(await readdir(sockets)).toContain('plant.sock');
    await startAgent('plant', ...ports);
    await attached.next('up');
    await writeTo(attached.link, 'still here');
    const { sessions } = JSON.parse(await result('who', 'localhost', '--json')) as SessionList;
    expect(sessions).toMatchObject([{ client: { address: 'localhost' } }]);
  });

  it('are told apart by their names; two of one name are refused', async () => {
    await startAgent('plant', '--port', 'echo=sim:echo');
    const second = ['agent', '--listen', '127.0.0.1:0', '--no-advertise', '--port', 'modem=sim:modem'];
    const twin = await sercli(...second, '--name', 'plant');
    await twin.expectExit(5);
    expect(twin.stderr.text).toContain('an agent called plant runs here already');
    const tower = await sercli(...second, '--name', 'tower');
    await tower.stderr.waitFor(/listening on/);
    const unclear = await sercli('ls', 'localhost');
    await unclear.expectExit(3);
    expect(unclear.stderr.text).toMatch(/name one of them: (plant, tower|tower, plant)/);
    expect(await result('ls', 'tower')).toContain('modem');
  });

  it('reload by the socket alone: nobody can ask for it by TCP', async () => {
    const without = await sercli('agent', 'reload');
    await without.expectExit(2);
    expect(without.stderr.text).toContain('no agent of this user runs on this machine');
    const file = join(folder, 'sercli.yaml');
    await writeFile(file, 'ports:\n  one: sim:echo\n');
    await startAgent('plant', '--config', file);
    expect(await post(tcpPort, reloadPath)).toBe(403);
    await writeFile(file, 'ports:\n  one: sim:echo\n  two: sim:echo\n');
    expect(await result('agent', 'reload')).toBe(`plant has read ${file} again\n`);
    expect(await result('ls', 'localhost')).toMatch(/ two /);
  });
});

function post(tcpPort: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const place = { host: '127.0.0.1', port: tcpPort, agent: false, rejectUnauthorized: false };
    const asking = request({ ...place, path, method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end();
  });
}

requires({ ...twoMachineRequirements, programs: ['ip', 'setpriv'] })('two users of one machine', () => {
  let machines: TwoMachines;
  beforeEach(async () => {
    machines = await TwoMachines.create();
  });
  afterEach(() => machines.close());

  /** Runs sercli as the user nobody, who has a home of his own and may not open the socket of the agent. */
  const asNobody = async (...args: string[]): Promise<ChildProgram> => {
    const { serialMachine, folder } = machines;
    const home = join(folder, 'home-of-nobody');
    await chmod(folder, 0o755);
    await mkdir(home, { recursive: true });
    await chown(home, 65534, 65534);
    const setpriv = ['--reuid=65534', '--regid=65534', '--clear-groups', 'env', `HOME=${home}`];
    return machines.run(serialMachine, 'setpriv', [...setpriv, process.execPath, sercliProgram, ...args]);
  };

  it('the one who may not open the socket comes by TCP, and cannot reload', async () => {
    const { serialMachine } = machines;
    await machines.startAgent(['echo=sim:echo', 'other=sim:echo']);
    const own = await machines.sercli(serialMachine, 'console', 'localhost/echo');
    own.stdin.write('own');
    await own.stdout.waitFor(/own/);
    const stranger = await asNobody('console', 'localhost/other');
    stranger.stdin.write('stranger');
    await stranger.stdout.waitFor(/stranger/);

    const who = await machines.sercli(serialMachine, 'who', 'localhost', '--json');
    await who.expectExit(0);
    const { sessions } = JSON.parse(who.stdout.text) as SessionList;
    expect(sessions).toMatchObject([
      { port: 'echo', client: { address: 'localhost' } },
      { port: 'other', client: { name: expect.stringMatching(/^nobody@/), address: expect.stringMatching(/:\d+$/) } },
    ]);
    const reload = await asNobody('agent', 'reload');
    await reload.expectExit(2);
    expect(reload.stderr.text).toContain('no agent of this user');
  });

  it('that one asks to be let in like anybody else, where the agent is not open', async () => {
    const { serialMachine } = machines;
    const agent = await machines.sercli(serialMachine, 'agent', '--port', 'echo=sim:echo');
    await agent.stderr.waitFor(/listening on/);
    const stranger = await asNobody('console', 'localhost/echo');
    stranger.stdin.write('stranger');
    const [, fingerprint = ''] = await stranger.stderr.waitFor(/sercli authorize (\S+)\n/);
    const own = await asNobody('authorize', fingerprint);
    await own.expectExit(2);
    expect(own.stderr.text).toContain('no agent of this user');
    await (await machines.sercli(serialMachine, 'authorize', fingerprint)).expectExit(0);
    await stranger.stdout.waitFor(/stranger/);
  });
});
