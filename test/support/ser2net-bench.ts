import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildProgram } from '@sercli/testkit';
import { freeTcpPort } from './free-tcp-port.ts';
import { PtyDevice } from './pty-device.ts';
import { sercliProgram } from './sercli-program.ts';

export const everyByte: Buffer = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** A device, files, and programs that serve it as ser2net does. */
export class Ser2netBench {
  readonly folder: string;
  /** A free one. */
  readonly tcpPort: number;
  readonly device = new PtyDevice();
  readonly #programs: ChildProgram[] = [];
  readonly #sockets: Socket[] = [];

  static async create(): Promise<Ser2netBench> {
    return new Ser2netBench(await mkdtemp(join(tmpdir(), 'sercli-ser2net-')), await freeTcpPort());
  }

  private constructor(folder: string, tcpPort: number) {
    this.folder = folder;
    this.tcpPort = tcpPort;
  }

  /** The line of Lawrence Woodman's article. */
  get articleLine(): string {
    return `${this.tcpPort}:raw:0:${this.device.path}:115200,8DATABITS,NONE,1STOPBIT`;
  }

  async run(program: string, args: readonly string[], environment: Record<string, string> = {}): Promise<ChildProgram> {
    const started = await ChildProgram.start(program, args, { environment });
    this.#programs.push(started);
    return started;
  }

  /** Runs `sercli ser2net`. */
  start(...args: string[]): Promise<ChildProgram> {
    return this.run(sercliProgram, ['ser2net', ...args]);
  }

  /** The same; resolves when it serves. */
  async serve(...args: string[]): Promise<ChildProgram> {
    const program = await this.start(...args);
    await program.stderr.waitFor(/is served on .*\(/);
    return program;
  }

  /** Writes a file of these lines. */
  async file(name: string, ...lines: string[]): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, `${lines.join('\n')}\n`);
    return file;
  }

  async dial(tcpPort: number = this.tcpPort): Promise<Socket> {
    const socket = connect(tcpPort, '127.0.0.1');
    this.#sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** What comes back when every byte is sent. */
  async echoed(tcpPort: number = this.tcpPort): Promise<Buffer> {
    const socket = await this.dial(tcpPort);
    socket.write(everyByte);
    const bytes = await readBytes(socket, everyByte.length);
    socket.destroy();
    return bytes;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const program of this.#programs.reverse()) await program.end();
    this.device.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The next `count` bytes, or less if the connection is closed. */
export async function readBytes(socket: Socket, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    if (Buffer.concat(chunks).length >= count) break;
  }
  return Buffer.concat(chunks);
}

/** Whether somebody listens, without a connection, which ser2net would take a while to be done with. */
export async function isListening(tcpPort: number): Promise<boolean> {
  const place = `:${tcpPort.toString(16).toUpperCase().padStart(4, '0')} `;
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8')));
  // The fourth column is the state; 0A is LISTEN.
  return tables.some((table) => table.split('\n').some((line) => line.includes(place) && / 0A /.test(line)));
}
