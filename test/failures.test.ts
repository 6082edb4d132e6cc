import { existsSync, lstatSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

requires(twoMachineRequirements)('wrong input', () => {
  let machines: TwoMachines;
  let device: PtyDevice;

  beforeAll(async () => {
    machines = await TwoMachines.create();
    device = new PtyDevice();
    await machines.startAgent([`modem=${device.path}`]);
  });
  afterAll(async () => {
    await machines.close();
    device.close();
  });

  it('a port that is not there: exit code 3, and the list of those that are', async () => {
    const attach = await attachTo(machines.address('printer'));
    await attach.expectExit(3);
    expect(attach.stderr.text).toMatch(/no port printer on .*modem/);
  });

  it('a port that another controls: exit code 5', async () => {
    const { program } = await machines.attach('modem');
    const second = await attachTo(machines.address('modem'));
    await second.expectExit(5);
    expect(second.stderr.text).toMatch(/modem on .* is controlled by/);
    await program.end();
  });

  it('no agent there: exit code 3', async () => {
    const attach = await attachTo(`${machines.serialMachine.address}:7999/modem`);
    await attach.expectExit(3);
    expect(attach.stderr.text).toMatch(/no agent answers at .*:7999/);
  });

  it.each([
    ['silently closes', 'socket.end()'],
    ['speaks HTTP', `socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello')`],
    ['speaks something else', `socket.end('220 mail.example ESMTP\\r\\n')`],
  ])('a server that is no agent and %s: exit code 3', async (_, answer) => {
    const code = `require('node:net').createServer((socket) => { socket.on('error', () => socket.destroy()); ${answer}; }).listen(0, function () { console.log('port', this.address().port); })`;
    const server = await machines.run(machines.serialMachine, process.execPath, ['-e', code]);
    const [, tcpPort] = await server.stdout.waitFor(/port (\d+)/);
    const attach = await attachTo(`${machines.serialMachine.address}:${tcpPort}/modem`);
    await attach.expectExit(3);
    expect(attach.stderr.text).toMatch(/is no sercli agent|no agent answers/);
    await server.end();
  });

  it('a link path where something else is: exit code 4, and it stays', async () => {
    const precious = join(machines.folder, 'precious');
    await writeFile(precious, 'do not lose me');
    const attach = await machines.sercli(machines.laptop, 'attach', machines.address('modem'), '--link', precious);
    await attach.expectExit(4);
    expect(attach.stderr.text).toContain(precious);
    expect(lstatSync(precious).isFile()).toBe(true);
  });

  it.each([
    ['no address', ['attach']],
    ['an address without a port', ['attach', 'SerialMachine']],
    ['settings that are none', ['attach', 'SerialMachine/modem', '--settings', '9600,9X9']],
    ['an option that is none', ['attach', 'SerialMachine/modem', '--nonsense']],
    ['a command that is none', ['nonsense']],
    ['a port that cannot be described so', ['agent', '--port', 'a=']],
  ])('%s: exit code 2 and a remedy', async (_, args) => {
    const program = await machines.sercli(machines.laptop, ...args);
    await program.expectExit(2);
    expect(program.stderr.text).not.toMatch(/\n\s+at /);
    expect(program.stderr.text).not.toBe('');
  });

  function attachTo(address: string): Promise<ChildProgram> {
    return machines.sercli(machines.laptop, 'attach', address, '--link', join(machines.folder, 'refused-link'));
  }
});

requires(twoMachineRequirements)('programs that end', () => {
  let machines: TwoMachines;
  let device: PtyDevice;
  let agent: ChildProgram;

  beforeEach(async () => {
    machines = await TwoMachines.create();
    device = new PtyDevice();
    agent = await machines.startAgent([`modem=${device.path}`]);
  });
  afterEach(async () => {
    await machines.close();
    device.close();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('attach takes its link away at %s and exits with 0', async (signal) => {
    const { link, program } = await machines.attach('modem');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await program.end(signal)).toEqual({ code: 0, signal: null });
    expect(existsSync(link)).toBe(false);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('the agent exits with 0 at %s', async (signal) => {
    await machines.attach('modem');
    expect(await agent.end(signal)).toEqual({ code: 0, signal: null });
  });

  it('a killed attach leaves the port free, and the next one replaces its link', async () => {
    const { program } = await machines.attach('modem');
    await program.end('SIGKILL');
    const { link } = await machines.attach('modem');
    await speak(link, 'after the kill');
  });

  it('attach --once exits with 6 when the agent is killed and not there again within the grace time', async () => {
    const { link, program } = await machines.attach('modem', '--once', '--grace', '1s');
    await agent.end('SIGKILL');
    await program.expectExit(6);
    expect(existsSync(link)).toBe(false);
  });

  it('attach says that a killed agent is lost, and is there when it comes back', async () => {
    const { link, program } = await machines.attach('modem', '--json');
    await agent.end('SIGKILL');
    await program.stdout.waitFor(/"event":"paused"/);
    await machines.startAgent([`modem=${device.path}`]);
    await program.stdout.waitFor(/"event":"lost".*"code":"session-unknown"/, 30_000);
    await program.stdout.waitFor(/"event":"up"/, 30_000);
    await speak(link, 'after the return');
  });

  it('a killed application leaves the port usable', async () => {
    const { link } = await machines.attach('modem');
    const application = await machines.run(machines.laptop, 'sh', ['-c', `exec 3<>${link}; echo first >&3; read line`]);
    await device.receiveText('first');
    await application.end('SIGKILL');
    await speak(link, 'second');
  });

  async function speak(link: string, text: string): Promise<void> {
    const application = await machines.run(machines.laptop, 'sh', ['-c', `echo ${text} > ${link}`]);
    await application.expectExit(0);
    await device.receiveText(text);
  }
});
