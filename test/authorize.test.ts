import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientList } from '@sercli/protocol';
import { ChildProgram, TerminalProgram } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { sercliProgram } from './support/sercli-program.ts';

const shown = /[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/;
const question = /let in (\S+)\? \[c\]ontrol, \[m\]onitor, \[n\]o, \[l\]ater /;

/** One machine, and a home with an identity of its own for the agent and for each client. */
describe('the user who runs an agent', () => {
  let folder: string;
  let tcpPort: number;
  const programs: (ChildProgram | TerminalProgram)[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    tcpPort = await freeTcpPort();
  });
  afterEach(async () => {
    for (const program of programs.splice(0).reverse()) {
      await (program instanceof ChildProgram ? program.end('SIGKILL') : program.end());
    }
    await rm(folder, { recursive: true });
  });

  const environmentOf = async (user: string): Promise<Record<string, string>> => {
    const home = join(folder, user);
    await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
    return { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
  };
  const sercli = async (user: string, ...args: string[]): Promise<ChildProgram> => {
    const environment = await environmentOf(user);
    const program = await ChildProgram.start(process.execPath, [sercliProgram, ...args], { environment });
    programs.push(program);
    return program;
  };
  const onTerminal = async (user: string, ...args: string[]): Promise<TerminalProgram> => {
    const environment = await environmentOf(user);
    const program = new TerminalProgram(process.execPath, [sercliProgram, ...args], { environment });
    programs.push(program);
    return program;
  };
  const result = async (user: string, ...args: string[]): Promise<string> => {
    const program = await sercli(user, ...args);
    await program.expectExit(0);
    return program.stdout.text;
  };
  const agentFlags = (): string[] => {
    const place = ['--listen', `127.0.0.1:${tcpPort}`, '--no-advertise'];
    return ['agent', '--name', 'plant', '--port', 'echo=sim:echo', ...place];
  };
  /** A client that waits; it ends as soon as it has said what it wanted to say to the port. */
  const waitingClient = async (user: string): Promise<{ client: ChildProgram; fingerprint: string }> => {
    const client = await sercli(user, 'console', `127.0.0.1:${tcpPort}/echo`);
    client.stdin.write('hello');
    const [fingerprint] = await client.stderr.waitFor(new RegExp(`(?<=sercli authorize )${shown.source}`));
    return { client, fingerprint };
  };

  it('sees who waits, and lets in, restricts and removes', async () => {
    const agent = await sercli('owner', ...agentFlags());
    await agent.stderr.waitFor(/listening on/);
    const { client, fingerprint } = await waitingClient('anna');
    expect(await result('owner', 'authorize')).toMatch(
      new RegExp(`WAITING\n.*\n +${fingerprint} .* control of echo .*\n.*let one in`),
    );
    const guessed = await sercli('owner', 'authorize', fingerprint.slice(0, 4));
    await guessed.expectExit(2);
    const allowed = `\\(${fingerprint}\\) may control all ports of plant\n`;
    expect(await result('owner', 'authorize', fingerprint.toLowerCase())).toMatch(new RegExp(allowed));
    await client.stdout.waitFor(/hello/);

    const restricted = await result('owner', 'authorize', fingerprint, '--role', 'monitor', '--name', 'anna');
    expect(restricted).toBe(`anna (${fingerprint}) may monitor all ports of plant\n`);
    const narrowed = await result('owner', 'authorize', fingerprint, '--ports', 'echo,plc', '--json');
    const { clients, waiting } = JSON.parse(narrowed) as ClientList;
    expect(clients).toMatchObject([{ role: 'monitor', ports: ['echo', 'plc'], name: 'anna' }]);
    expect(waiting).toEqual([]);
    const removed = await result('owner', 'authorize', '--remove', fingerprint);
    expect(removed).toBe(`anna (${fingerprint}) may not use plant any more\n`);
    const again = await sercli('owner', 'authorize', '--remove', fingerprint);
    await again.expectExit(3);
  });

  it('is shown on a terminal whom the beginning of a fingerprint means', async () => {
    const agent = await sercli('owner', ...agentFlags());
    await agent.stderr.waitFor(/listening on/);
    const { client, fingerprint } = await waitingClient('anna');
    const unsure = await onTerminal('owner', 'authorize', fingerprint.slice(0, 4), '--role', 'monitor');
    await unsure.screen.waitFor(new RegExp(`asks to be let in\\s+fingerprint +${fingerprint}\\s+from +127.0.0.1:`));
    await unsure.screen.waitFor(/Let it monitor \*\? \[y\/N\] /);
    unsure.type('\r');
    expect(await unsure.expectExit()).toMatchObject({ code: 1 });
    const denying = await onTerminal('owner', 'authorize', '--deny', fingerprint.slice(0, 4));
    await denying.screen.waitFor(/Turn it away\? \[y\/N\] /);
    denying.type('y\r');
    await denying.screen.waitFor(/was turned away/);
    await client.expectExit(7);
  });

  it('is asked where the agent runs on a terminal, one client after the other', async () => {
    const agent = await onTerminal('owner', ...agentFlags());
    await agent.screen.waitFor(/echo is served/);
    const anna = await waitingClient('anna');
    await agent.screen.waitFor(new RegExp(`asks to be let in\\s+fingerprint +${anna.fingerprint}`));
    expect((await agent.screen.waitFor(question))[1]).toBe(anna.fingerprint);
    const bob = await waitingClient('bob');
    // What is logged meanwhile stands above the question.
    await agent.screen.waitFor(new RegExp(`${bob.fingerprint}[^\\n]*\\n[^\\n]*${question.source}`));
    agent.type('c');
    await agent.screen.waitFor(new RegExp(`\\(${anna.fingerprint}\\) may control all ports\\r\\n`));
    await anna.client.stdout.waitFor(/hello/);
    expect((await agent.screen.waitFor(question))[1]).toBe(bob.fingerprint);

    await result('owner', 'authorize', '--deny', bob.fingerprint);
    await bob.client.expectExit(7);
    const carl = await waitingClient('carl');
    expect((await agent.screen.waitFor(question))[1]).toBe(carl.fingerprint);
    agent.type('l');
    await agent.screen.waitFor(/goes on waiting/);
    expect(await result('owner', 'authorize')).toContain(carl.fingerprint);
    agent.type('\x03');
    expect(await agent.expectExit()).toMatchObject({ code: 0 });
  });

  it('ends the agent with Ctrl-C while it asks', async () => {
    const agent = await onTerminal('owner', ...agentFlags());
    await agent.screen.waitFor(/echo is served/);
    await waitingClient('anna');
    await agent.screen.waitFor(question);
    agent.type('\x03');
    expect(await agent.expectExit()).toMatchObject({ code: 0 });
  });
});
