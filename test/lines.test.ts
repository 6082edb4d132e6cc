import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parseConfig } from '@sercli/agent';
import { AgentConnections, ClientAccess } from '@sercli/client/tools';
import { ChildProgram, FaultProxy } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sercliProgram } from './support/sercli-program.ts';

const config = parseConfig(
  `
sequences:
  both: dtr=off,rts=off 30ms dtr=on,rts=on
  other: dtr=off
ports:
  modem:
    device: sim:modem
    sequences: { mine: 'rts=off 20ms dtr=off 10ms dtr=on,rts=on', other: rts=off }
  kept: { device: sim:modem, keepOpen: true }
  program: exec:cat
`,
  'sercli.yaml',
);

interface Told {
  readonly event: string;
  readonly line?: string;
  readonly isOn?: boolean;
  readonly time?: string;
}

describe('lines, breaks and sequences from the command line', () => {
  let folder: string;
  let agent: Agent;
  const programs: ChildProgram[] = [];
  const address = (port: string) => `127.0.0.1:${agent.tcpPort}/${port}`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-lines-'));
    agent = await Agent.start({
      ...config,
      name: 'SerialMachine',
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: join(folder, 'sercli'),
    });
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.end('SIGKILL');
    await agent.close();
    await rm(folder, { recursive: true });
  });

  const start = async (...args: string[]): Promise<ChildProgram> => {
    const environment = { XDG_STATE_HOME: folder };
    const program = await ChildProgram.start(process.execPath, [sercliProgram, ...args], { environment });
    programs.push(program);
    return program;
  };
  const run = async (...args: string[]) => {
    const program = await start(...args);
    const { code } = await program.exited;
    return { code, stdout: program.stdout.text, stderr: program.stderr.text };
  };
  const openLink = (port: string, tcpPort = agent.tcpPort) => {
    const access = new ClientAccess({ directory: join(folder, 'sercli') });
    const connections = new AgentConnections({ client: { name: 'anna', software: 'test/1' }, access });
    return connections.open({ host: '127.0.0.1', tcpPort, carrier: 'stream', port });
  };
  const watch = async (port: string): Promise<ChildProgram> => {
    const watcher = await start('lines', address(port), '--watch', '--json');
    await watcher.stdout.waitFor(/"event":"lines".*\n/);
    return watcher;
  };
  const changesIn = ({ stdout }: ChildProgram) =>
    stdout.text
      .split('\n')
      .filter((line) => line.includes('"event":"line"'))
      .map((line) => JSON.parse(line) as Told);

  it('shows the lines, sets outputs, and says that they do not last', async () => {
    const shown = await run('lines', address('modem'));
    expect(shown).toMatchObject({ code: 0, stdout: 'DTR on  RTS on  CTS on  DSR on  DCD off  RI off\n' });
    expect(shown.stderr).toMatch(/was opened for this.*keepOpen/);
    expect((await run('lines', address('modem'), '--dtr', 'off')).stdout).toMatch(/^DTR off {2}RTS on/);
    expect((await run('lines', address('modem'))).stdout).toMatch(/^DTR on/);
  });

  it('leaves outputs as they were set while the device stays open', async () => {
    const set = await run('lines', address('kept'), '--dtr', 'off', '--rts', 'off', '--json');
    expect(JSON.parse(set.stdout)).toMatchObject({ event: 'lines', lines: { dtr: false, rts: false }, wasOpen: true });
    expect(set.stderr).toBe('');
    expect((await run('lines', address('kept'))).stdout).toMatch(/^DTR off {2}RTS off/);
  });

  it('follows what others do to the lines, beside the session that does it', async () => {
    const watcher = await watch('kept');
    expect(await run('reset', address('kept'), '--as', 'esp32-bootloader')).toMatchObject({ code: 0, stderr: '' });
    await watcher.stdout.waitFor(
      /"line":"dtr","isOn":true[\s\S]*"line":"dtr","isOn":true[\s\S]*"line":"dtr","isOn":false/,
    );
    expect(changesIn(watcher).map(({ line, isOn }) => `${line}=${isOn ? 'on' : 'off'}`)).toEqual(
      'dtr=off rts=off dtr=on rts=on dtr=off dtr=on rts=off dtr=off'.split(' '),
    );
    // How long they last is seen at the device (test/hardware): here the way to the watcher counts too.
    for (const { time = '' } of changesIn(watcher)) expect(Date.parse(time)).not.toBeNaN();
    expect(await watcher.end('SIGINT')).toMatchObject({ code: 0 });
  });

  it('runs sequences of the configuration, those of the port before those of all ports', async () => {
    const ofPort = await run('reset', address('modem'), '--as', 'mine', '--json');
    expect(JSON.parse(ofPort.stdout)).toMatchObject({ event: 'reset', sequence: config.ports[0]?.sequences?.mine });
    expect((await run('reset', address('modem'), '--as', 'other')).stdout).toContain('done: rts=off');
    expect((await run('reset', address('kept'), '--as', 'other')).stdout).toContain('done: dtr=off');
    expect((await run('reset', address('kept'), '--list')).stdout).toMatch(
      /both +dtr=off,rts=off 30ms[\s\S]*\narduino /,
    );
    expect((await run('reset', address('kept'), '--as', 'BREAK=on 1ms break=off')).code).toBe(0);
  });

  it('sends a break', async () => {
    const started = performance.now();
    expect(await run('break', address('modem'), '--ms', '300')).toMatchObject({ code: 0 });
    expect(performance.now() - started).toBeGreaterThan(300);
  });

  it('refuses what cannot be done, each with its exit code', async () => {
    expect(await run('lines', address('modem'), '--dtr', 'maybe')).toMatchObject({ code: 2 });
    expect(await run('lines', address('modem'), '--take')).toMatchObject({ code: 2 });
    expect(await run('break', address('modem'), '--ms', '0')).toMatchObject({ code: 2 });
    expect(await run('reset', address('modem'))).toMatchObject({ code: 2 });
    const faulty = await run('reset', address('modem'), '--as', 'dtr=off 5');
    expect(faulty).toMatchObject({ code: 2, stderr: expect.stringContaining('"5" at character 9') });
    expect(await run('reset', address('modem'), '--as', 'nothing', '--json')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('"code":"sequence-not-found"'),
    });
    expect(await run('lines', address('nowhere'))).toMatchObject({ code: 3 });
    expect(await run('reset', address('program'), '--as', 'rts')).toMatchObject({ code: 4 });
  });

  it('watches beside another session, and sets only with --take', async () => {
    const link = await openLink('kept');
    expect((await run('lines', address('kept'))).code).toBe(0);
    expect(await run('lines', address('kept'), '--rts', 'off')).toMatchObject({ code: 5 });
    expect(await run('reset', address('kept'), '--as', 'dtr', '--take')).toMatchObject({ code: 0 });
    expect(link.hasControl).toBe(false);
    await link.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves no board in its reset when it is ended by %s', async (signal) => {
    const watcher = await watch('kept');
    const reset = await start('reset', address('kept'), '--as', 'dtr=off,rts=off,break=on 30s dtr=on break=off');
    await watcher.stdout.waitFor(/"line":"rts","isOn":false/);
    expect(await reset.end(signal)).toMatchObject({ code: 1 });
    expect(reset.stderr.text).toContain('was cancelled');
    await watcher.stdout.waitFor(/"line":"dtr","isOn":true[\s\S]*"line":"rts","isOn":true/);
  });

  it('runs a sequence once, and to its end, while the connection is cut', async () => {
    const watcher = await watch('kept');
    const proxy = await FaultProxy.start(agent.tcpPort);
    const link = await openLink('kept', proxy.tcpPort);
    const done = link.runSequence([
      { dtr: false, waitMs: 500 },
      { rts: false, waitMs: 100 },
      { dtr: true, rts: true },
    ]);
    await watcher.stdout.waitFor(/"line":"dtr","isOn":false/);
    proxy.cut();
    await done;
    expect(link.lines).toMatchObject({ dtr: true, rts: true });
    await link.close();
    await proxy.close();
    await watcher.stdout.waitFor(/"line":"rts","isOn":true/);
    expect(changesIn(watcher).map(({ line, isOn }) => `${line} ${isOn}`)).toEqual([
      'dtr false',
      'rts false',
      'dtr true',
      'rts true',
    ]);
  });

  it('runs a sequence to its end whatever becomes of who asked, until the session is given up', async () => {
    const watcher = await watch('kept');
    const reset = await start('reset', address('kept'), '--as', 'dtr=off,rts=off 1s dtr=on 100ms rts=on');
    await watcher.stdout.waitFor(/"line":"rts","isOn":false/);
    await reset.end('SIGKILL');
    await watcher.stdout.waitFor(/"line":"dtr","isOn":true[\s\S]*"line":"rts","isOn":true/);
    const [, , dtr, rts] = changesIn(watcher).map(({ time = '' }) => Date.parse(time));
    expect((rts ?? 0) - (dtr ?? 0)).toBeGreaterThan(50);
  });
});
