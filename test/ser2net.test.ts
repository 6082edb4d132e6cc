import { once } from 'node:events';
import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram, requires, systemPython } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { PtyDevice } from './support/pty-device.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { until } from './support/until.ts';

let folder: string;
let device: PtyDevice;
let tcpPort: number;
let programs: ChildProgram[];
let sockets: Socket[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sercli-ser2net-'));
  device = new PtyDevice();
  tcpPort = await freeTcpPort();
  programs = [];
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const program of programs.reverse()) await program.end();
  device.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(program: string, ...args: string[]): Promise<ChildProgram> {
  const started = await ChildProgram.start(program, args);
  programs.push(started);
  return started;
}

/** Resolves when it serves. */
async function ser2net(...args: string[]): Promise<ChildProgram> {
  const program = await run(process.execPath, sercliProgram, 'ser2net', ...args);
  await program.stderr.waitFor(/is served on .*\(/);
  return program;
}

async function fileOf(name: string, ...lines: string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

function dial(port = tcpPort): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  return once(socket, 'connect').then(() => socket);
}

/** The next `count` bytes. */
async function read(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    if (Buffer.concat(chunks).length >= count) break;
  }
  return Buffer.concat(chunks);
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const articleLine = (): string => `${tcpPort}:raw:0:${device.path}:115200,8DATABITS,NONE,1STOPBIT`;

/** What comes back through a server when every byte is sent. */
async function echoed(): Promise<Buffer> {
  const socket = await dial();
  socket.write(everyByte);
  const bytes = await read(socket, everyByte.length);
  socket.destroy();
  return bytes;
}

describe('sercli ser2net', () => {
  it('tells the version that it follows, in three words', async () => {
    const program = await run(process.execPath, sercliProgram, 'ser2net', '-v');
    await program.expectExit(0);
    expect(program.stdout.text).toBe('ser2net version 4.6.0\n');
  });

  it("serves the article's line: every byte as it is, there and back", async () => {
    device.echo();
    await ser2net('-n', '-c', await fileOf('ser2net.conf', articleLine()));
    expect(await echoed()).toEqual(everyByte);
    expect(device.settings).toMatchObject({ baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 });
  });

  it('takes YAML of the command line, where # begins a line', async () => {
    device.echo();
    await ser2net(
      ...['-d', '-n', '-u'],
      ...['-Y', `connection: &con01#  accepter: tcp,127.0.0.1,${tcpPort}`],
      ...['-Y', `  connector: serialdev(nouucplock=true),${device.path},57600n81,local`],
      ...['-Y', "  options:#    banner: '\\N #1 at \\B\\r\\n'"],
    );
    const socket = await dial();
    expect(String(await read(socket, 22))).toBe('con01 #1 at 57600N81\r\n');
  });

  it('takes a line of the command line', async () => {
    device.echo();
    await ser2net('-n', '-C', articleLine());
    expect(await echoed()).toEqual(everyByte);
  });

  it('refuses a second client as ser2net does, and kicks the first where that is wanted', async () => {
    const other = await freeTcpPort();
    const lines = [articleLine(), `${other}:raw:0:${device.path}:9600 kickolduser`];
    await ser2net('-n', '-c', await fileOf('ser2net.conf', ...lines));
    const first = await dial();
    first.write('x');
    await device.receive(1);
    const second = await dial();
    expect(String(await read(second, 22))).toBe('Port already in use\r\n');
    const kicked = once(first.resume(), 'close');
    const third = await dial(other);
    await kicked;
    third.write('third');
    await device.receiveText('third');
  });

  it('keeps trace files as ser2net does', async () => {
    device.echo();
    const trace = join(folder, 'trace-\\p');
    const lines = [`TRACEFILE:t:${trace}`, `${articleLine()} tb=t tb-hexdump tb-timestamp`];
    await ser2net('-n', '-c', await fileOf('ser2net.conf', ...lines));
    const socket = await dial();
    socket.write('hello, wire');
    await read(socket, 11);
    socket.destroy();
    const file = join(folder, `trace-${tcpPort}`);
    await until('the trace has its end', async () => (await readFile(file, 'utf8')).includes('CLOSE port'));
    const text = (await readFile(file, 'utf8')).replaceAll(/\d{4}(\/\d\d){2} \d\d(:\d\d){2}/g, 'TIME');
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^TIME OPEN \(ipv4,127\.0\.0\.1,\d+\)$/),
      'TIME tcp  68 65 6c 6c 6f 2c 20 77  |hello, w|',
      'TIME tcp  69 72 65                 |ire|',
      'TIME term 68 65 6c 6c 6f 2c 20 77  |hello, w|',
      'TIME term 69 72 65                 |ire|',
      'TIME CLOSE netcon (network read close)',
      'TIME CLOSE port (All users disconnected)',
      '',
    ]);
  });

  it('serves on when a trace file cannot be written', async () => {
    device.echo();
    const lines = ['TRACEFILE:t:/dev/full', `${articleLine()} tb=t`];
    const program = await ser2net('-n', '-c', await fileOf('ser2net.conf', ...lines));
    const socket = await dial();
    for (let round = 0; round < 3; round += 1) {
      socket.write(everyByte);
      expect(await read(socket, everyByte.length)).toEqual(everyByte);
    }
    await program.stderr.waitFor(/trace file \/dev\/full cannot be written .*ENOSPC/);
  });

  it('gives the next free port of a rotator', async () => {
    const other = new PtyDevice();
    try {
      const [one, two] = [await freeTcpPort(), await freeTcpPort()];
      const lines = [
        `${one}:raw:0:${device.path}:9600`,
        `${two}:raw:0:${other.path}:9600`,
        `ROTATOR:${tcpPort}:${one} ${two}`,
      ];
      await ser2net('-n', '-c', await fileOf('ser2net.conf', ...lines));
      const first = await dial();
      first.write('first');
      await device.receiveText('first');
      const second = await dial();
      second.write('second');
      await other.receiveText('second');
      expect(String(await read(await dial(), 21))).toBe('Port already in use\r\n');
    } finally {
      other.close();
    }
  });

  it('reads its file again upon SIGHUP, and changes a port that is in use when its client has left', async () => {
    device.echo();
    const file = await fileOf('ser2net.conf', articleLine());
    const program = await ser2net('-n', '-c', file);
    const socket = await dial();
    socket.write('before');
    await read(socket, 6);
    const fresh = await freeTcpPort();
    const banner = 'BANNER:b:changed';
    await fileOf('ser2net.conf', banner, `${articleLine()} b`, `${fresh}:raw:0:/dev/null:9600 b`);
    program.signal('SIGHUP');
    await program.stderr.waitFor(/read the configuration again/);
    socket.write('after');
    expect(String(await read(socket, 5))).toBe('after');
    expect(String(await read(await dial(fresh), 7))).toContain('Device open failure');
    socket.destroy();
    await program.stderr.waitFor(/is served on/);
    expect(String(await read(await dial(), 7))).toBe('changed');
  });

  it('says what it does not carry over, and goes on with the rest', async () => {
    device.echo();
    const program = await ser2net('-n', '-c', await fileOf('ser2net.conf', 'nonsense', articleLine()));
    expect(program.stderr.text).toMatch(/ser2net\.conf line 1: nonsense is not carried over/);
    expect(await echoed()).toEqual(everyByte);
  });

  it('leaves the terminal without -n, and writes its process id', async () => {
    device.echo();
    const [file, pidFile] = [await fileOf('ser2net.conf', articleLine()), join(folder, 'pid')];
    const starter = await run(process.execPath, sercliProgram, 'ser2net', '-c', file, '-P', pidFile);
    await starter.expectExit(0);
    const pid = Number(await readFile(pidFile, 'utf8'));
    try {
      expect(await echoed()).toEqual(everyByte);
      const [, parent, , session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
      expect([parent === String(starter.pid), session]).toEqual([false, String(pid)]);
    } finally {
      process.kill(pid, 'SIGTERM');
    }
    await until('the daemon has ended', () => !isAlive(pid));
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  });

  it('ends with an error where its file is missing or no YAML', async () => {
    const missing = await run(process.execPath, sercliProgram, 'ser2net', '-c', join(folder, 'none.yaml'));
    await missing.expectExit(1);
    const broken = await run(process.execPath, sercliProgram, 'ser2net', '-n', '-c', await fileOf('x.yaml', 'a: ['));
    await broken.exited;
    expect(broken.stderr.text).toMatch(/x\.yaml line \d: the file is not YAML/);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

requires({ programs: ['ser2net', 'socat'] })('ser2net and sercli ser2net', () => {
  it('do the same with the same file: bytes through a chain of socat, settings of the line', async () => {
    device.echo();
    const file = await fileOf('ser2net.conf', 'BANNER:b:\\x41\\102 \\\\ \\N\\r\\n', `${articleLine()} b`);
    const seen: object[] = [];
    for (const server of [['ser2net'], [process.execPath, sercliProgram, 'ser2net']]) {
      const [program = '', ...args] = server;
      const serving = await run(program, ...args, '-n', '-d', '-c', file);
      await until('the server listens', () => isListening(tcpPort));
      const link = join(folder, 'vttyS0');
      const socat = await run('socat', `pty,raw,echo=0,link=${link},waitslave`, `tcp:127.0.0.1:${tcpPort}`);
      const banner = `AB \\ ${tcpPort}\r\n`;
      const application = await run('socat', '-t5', '-,ignoreeof', `${await linked(link)},raw,echo=0`);
      application.stdin.write('every byte and no other');
      await application.stdout.waitFor(/every byte and no other$/);
      seen.push({ text: application.stdout.text.replace(banner, 'BANNER '), settings: { ...device.settings } });
      for (const one of [application, socat, serving]) await one.end();
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[1]).toMatchObject({ text: 'BANNER every byte and no other' });
  });
});

/** Without a connection, which ser2net would take a while to be done with. */
async function isListening(port: number): Promise<boolean> {
  const place = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8')));
  // The fourth column is the state; 0A is LISTEN.
  return tables.some((table) => table.split('\n').some((line) => line.includes(place) && / 0A /.test(line)));
}

const yes = (): boolean => true;
const no = (): boolean => false;

async function linked(link: string): Promise<string> {
  await until(`${link} is there`, () => access(link).then(yes, no));
  return link;
}

const labgridProgram = fileURLToPath(new URL('./support/labgrid-export.py', import.meta.url));

requires({ python: ['labgrid', 'serial'] })("labgrid's exporter", () => {
  it('starts sercli under the name of ser2net, and a client of pyserial works', async () => {
    device.echo();
    const wrapper = join(folder, 'ser2net');
    await writeFile(wrapper, `#!/bin/sh\nexec "${process.execPath}" "${sercliProgram}" ser2net "$@"\n`);
    await chmod(wrapper, 0o755);
    const environment = { PATH: `${folder}:${process.env.PATH}` };
    const exporter = await ChildProgram.start(systemPython, [labgridProgram, device.path], { environment });
    programs.push(exporter);
    await exporter.expectExit(0, 30_000);
    expect(exporter.stdout.text).toContain('echoed 256 bytes at 57600');
    expect(device.settings.baudRate).toBe(57_600);
  });
});
