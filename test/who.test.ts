import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Agent, parsePortSpec } from '@sercli/agent';
import { AgentConnections, ClientAccess, listSessions } from '@sercli/client/tools';
import { ChildProgram } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sercliProgram } from './support/sercli-program.ts';

const listen = [{ host: '127.0.0.1', tcpPort: 0 }];

describe('who uses the ports of an agent', () => {
  let folder: string;
  let agent: Agent;
  const address = () => ({ host: '127.0.0.1', tcpPort: agent.tcpPort, carrier: 'stream' }) as const;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-who-'));
    const ports = [parsePortSpec('echo=sim:echo'), parsePortSpec('idle=sim:echo')];
    agent = await Agent.start({ name: 'SerialMachine', ports, listen, stateDirectory: join(folder, 'sercli') });
  });
  afterEach(async () => {
    await agent.close();
    await rm(folder, { recursive: true });
  });

  const access = () => new ClientAccess({ directory: join(folder, 'sercli') });
  const openLink = (name: string, role: 'control' | 'monitor') =>
    new AgentConnections({ client: { name, software: 'test/1' }, access: access() }).open(
      { ...address(), port: 'echo' },
      { role },
    );
  const readMetrics = async (): Promise<string> => {
    const asked = { host: '127.0.0.1', port: agent.tcpPort, path: '/metrics', rejectUnauthorized: false };
    const place = { ...asked, ...(await access().identity()) };
    return new Promise((resolve, reject) => {
      get(place, (response) => resolve(text(response))).on('error', reject);
    });
  };
  const who = async (...args: string[]): Promise<ChildProgram> => {
    const environment = { XDG_STATE_HOME: folder };
    const program = await ChildProgram.start(process.execPath, [sercliProgram, 'who', ...args], { environment });
    await program.exited;
    return program;
  };

  it('is told as JSON, as metrics and to people, as long as the sessions last', async () => {
    const anna = await openLink('anna@laptop', 'control');
    const bob = await openLink('bob" 1\n@desk', 'monitor');
    anna.write(Buffer.from('hello'));
    await new Promise<void>((resolve) => {
      anna.listen({
        // The echo may come in parts.
        readable: () => {
          anna.consume(anna.peek(5).length);
          if (anna.readOffset === 5) resolve();
        },
        writable: () => undefined,
        event: () => undefined,
      });
    });

    const { agent: told, sessions } = await listSessions(address(), { access: access() });
    expect(told).toEqual({ name: 'SerialMachine', software: 'sercli', open: false });
    expect(sessions).toMatchObject([
      {
        port: 'echo',
        client: { name: 'anna@laptop' },
        role: 'control',
        software: 'test/1',
        reconnects: 0,
        writtenBytes: 5,
      },
      { port: 'echo', client: { name: 'bob" 1?@desk' }, role: 'monitor', writtenBytes: 0, gaps: 0 },
    ]);
    expect(sessions[0]?.client.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(sessions[0]?.windowBytes).toBeGreaterThan(0);

    const metrics = await readMetrics();
    expect(metrics).toMatch(/^sercli_connections 2$/m);
    expect(metrics).toMatch(/^sercli_sessions 2$/m);
    expect(metrics).toContain('sercli_port_received_bytes_total{port="echo"} 5\n');
    expect(metrics).toContain('sercli_port_received_bytes_total{port="idle"} 0\n');
    expect(metrics).toContain(
      'sercli_session_written_bytes_total{port="echo",client="anna@laptop",role="control"} 5\n',
    );
    expect(metrics).toContain('client="bob\\" 1?@desk",role="monitor"} 0\n');

    const place = `127.0.0.1:${agent.tcpPort}`;
    const table = await who(place);
    expect(table.stdout.text).toMatch(/^SerialMachine at 127\.0\.0\.1:\d+\n {2}PORT {2,}CLIENT/);
    expect(table.stdout.text).toMatch(/echo {2}anna@laptop +127\.0\.0\.1:\d+ +control /);
    expect(table.stdout.text).toContain('bob" 1?@desk');
    const json = await who(`${place}/echo`, '--json');
    expect(JSON.parse(json.stdout.text).sessions).toHaveLength(2);

    await Promise.all([anna.close(), bob.close()]);
    await expect.poll(async () => (await listSessions(address(), { access: access() })).sessions).toEqual([]);
    expect(await readMetrics()).not.toContain('sercli_session_lag_bytes{');
  });

  it('may be nobody; a port that is not there is an error', async () => {
    const place = `127.0.0.1:${agent.tcpPort}`;
    expect((await who(`${place}/idle`)).stdout.text).toContain('nobody is attached');
    const missing = await who(`${place}/ttyS9`);
    await missing.expectExit(3);
    expect(missing.stderr.text).toContain('no port ttyS9 on 127.0.0.1; it has: echo, idle');
  });
});
