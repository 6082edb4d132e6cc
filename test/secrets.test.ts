import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { ChildProgram } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { sercliProgram } from './support/sercli-program.ts';

/** Characters of a key in base64 that give it away, wherever they stand. */
const revealing = 24;

/** The base64 of the private key in a PEM file, on one line. */
function keyOf(pem: string): string {
  const body = /-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----/.exec(pem)?.[1] ?? '';
  return body.replace(/\s/g, '');
}

function holds(text: string, key: string): boolean {
  const starts = Array.from({ length: key.length - revealing + 1 }, (_value, start) => start);
  return starts.some((start) => text.includes(key.slice(start, start + revealing)));
}

describe('the private keys of an agent and a client', () => {
  let folder: string;
  let tcpPort: number;
  let programs: ChildProgram[];
  /** What came by the network. */
  let answers: string[];
  let keys: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-secrets-'));
    tcpPort = await freeTcpPort();
    programs = [];
    answers = [];
    keys = [];
  });
  afterEach(async () => {
    for (const program of programs.reverse()) await program.end('SIGTERM');
    await rm(folder, { recursive: true });
  });

  const run = async (who: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const home = join(folder, who);
    await mkdir(join(home, 'run'), { recursive: true, mode: 0o700 });
    const own = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
    const environment = { ...own, SERCLI_LOG: 'debug', ...more };
    const program = await ChildProgram.start(process.execPath, [sercliProgram, ...args], { environment });
    programs.push(program);
    return program;
  };
  const ends = async (code: number, ...[who, args, more]: Parameters<typeof run>): Promise<void> =>
    (await run(who, args, more)).expectExit(code);
  const identityOf = (who: string): string => join(folder, who, '.local/state/sercli/identity.pem');
  const noteKey = async (who: string): Promise<void> => void keys.push(keyOf(await readFile(identityOf(who), 'utf8')));
  const startAgent = async (): Promise<ChildProgram> => {
    const listen = ['--listen', `127.0.0.1:${tcpPort}`, '--no-advertise'];
    const agent = await run('agent', ['agent', '--json', ...listen, '--port', 'echo=sim:echo']);
    await agent.stdout.waitFor(/"event":"listening"/);
    return agent;
  };
  const ask = async (socket: ReturnType<typeof connect>, request: string): Promise<void> => {
    socket.on('error', (error) => answers.push(String(error)));
    socket.end(request);
    answers.push(await text(socket).catch(String));
  };
  /** Whether any of it stands where somebody else could read it. */
  const expectSecrecy = async (): Promise<void> => {
    expect(keys.every((key) => key.length > 150)).toBe(true);
    const running = programs.filter(({ pid }) => isRunning(pid));
    const processes = await Promise.all(
      running.flatMap(({ pid }) => [readFile(`/proc/${pid}/cmdline`, 'utf8'), readFile(`/proc/${pid}/comm`, 'utf8')]),
    );
    const outputs = programs.flatMap(({ stdout, stderr }) => [stdout.text, stderr.text]);
    for (const told of [...processes, ...outputs, ...answers]) {
      for (const key of keys) expect(holds(told, key), told).toBe(false);
    }
  };

  it('are found by this test where they do stand', async () => {
    await ends(0, 'agent', ['identity']);
    await noteKey('agent');
    const [key = ''] = keys;
    expect(holds(await readFile(identityOf('agent'), 'utf8'), key)).toBe(true);
    expect(holds(JSON.stringify({ path: `x${key.slice(40, 100)}` }), key)).toBe(true);
    expect(holds('MIIB', key)).toBe(false);
  });

  it('are not told while clients wait, are let in, are refused and find another agent', async () => {
    const agent = await startAgent();
    const address = `127.0.0.1:${tcpPort}/echo`;
    await ends(7, 'client', ['attach', address, '--json', '--no-wait']);
    const attached = await run('client', ['attach', address, '--json', '--link', join(folder, 'link')]);
    await attached.stdout.waitFor(/"event":"waiting-for-authorization"/);
    const [, fingerprint = ''] = /"fingerprint":"([A-Z2-7]{52})"/.exec(agent.stderr.text) ?? [];
    await ends(0, 'agent', ['authorize', fingerprint, '--json']);
    await attached.stdout.waitFor(/"event":"ready"/);
    await noteKey('agent');
    await noteKey('client');

    await ask(connect(tcpPort, '127.0.0.1'), 'GET / HTTP/1.1\r\n\r\n');
    const place = { port: tcpPort, host: '127.0.0.1', rejectUnauthorized: false };
    await ask(connectTls(place), `GET /v1/ports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answers.at(-1)).toContain('certificate-missing');
    await ends(0, 'agent', ['authorize', fingerprint, '--remove', '--json']);
    await attached.stdout.waitFor(/"event":"waiting-for-authorization"/);
    await expectSecrecy();

    await agent.end('SIGTERM');
    await rm(identityOf('agent'));
    await startAgent();
    await noteKey('agent');
    await ends(4, 'client', ['ls', `127.0.0.1:${tcpPort}`, '--json']);
    await expectSecrecy();
  });

  it('are not told by errors about the files that hold them', async () => {
    await ends(0, 'agent', ['identity', '--json']);
    await ends(0, 'other', ['identity', '--json']);
    await noteKey('agent');
    await noteKey('other');
    const whole = await readFile(identityOf('agent'), 'utf8');
    const other = await readFile(identityOf('other'), 'utf8');
    const own = /-----BEGIN PRIVATE.*END PRIVATE KEY-----\n/s.exec(whole)?.[0] ?? '';
    const broken = [
      own,
      own + other.replace(/.*END PRIVATE KEY-----\n/s, ''),
      whole.slice(0, 150),
      whole.replace('-----BEGIN PRIVATE', '-----BEGIN SECRET'),
      whole.replace('M', '*'),
    ];
    for (const content of broken) {
      await writeFile(identityOf('agent'), content);
      await ends(1, 'agent', ['identity', '--json']);
      await ends(1, 'agent', ['agent', '--json', '--listen', `127.0.0.1:${tcpPort}`, '--no-advertise']);
      await ends(1, 'agent', ['ls', `127.0.0.1:${tcpPort}`, '--json'], { SERCLI_IDENTITY: identityOf('agent') });
    }
    await expectSecrecy();
  });

  it('are not told when they stand where something else belongs', async () => {
    await ends(0, 'agent', ['identity']);
    await noteKey('agent');
    const whole = await readFile(identityOf('agent'), 'utf8');
    const agent = ['agent', '--json', '--no-advertise', '--listen', `127.0.0.1:${tcpPort}`, '--port', 'echo=sim:echo'];
    await ends(1, 'agent', agent, { SERCLI_IDENTITY: whole });
    for (const variable of ['SERCLI_AUTHORIZED_CLIENTS', 'SERCLI_KNOWN_AGENTS']) {
      for (const value of [whole, identityOf('agent')]) {
        const started = await run('agent', agent, { [variable]: value });
        await started.stdout.waitFor(/"event":"listening"/);
        const listed = await run('agent', ['trust', '--json'], { [variable]: value });
        await listed.expectExit(0);
        await started.end('SIGTERM');
      }
    }
    await expectSecrecy();
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // It has ended.
    return false;
  }
}
