import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, it } from 'vitest';
import { sendUnixDatagram } from './unix-datagram.ts';

const receiver = `
import socket, sys
name = sys.argv[1]
receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiving.bind('\\0' + name[1:] if name.startswith('@') else name)
print('bound', flush=True)
while True:
    print(receiving.recv(65536).hex(), flush=True)
`;

const directory = mkdtempSync(join(tmpdir(), 'sercli-datagram-'));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Lines of a program that received on `path`; the first one says that it does. */
function receiveOn(path: string): AsyncIterator<string> {
  const child = spawn('python3', ['-c', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

it.each([
  ['a path', join(directory, 'notify')],
  ['an abstract name', `@sercli-test-${process.pid}`],
  ['a path of the greatest length', join(directory, 'x'.repeat(107 - directory.length - 1))],
])('sends to %s, each datagram by itself', async (_what, path) => {
  const lines = receiveOn(path);
  expect((await lines.next()).value).toBe('bound');
  sendUnixDatagram(path, Buffer.from('READY=1\nSTATUS=é'));
  sendUnixDatagram(path, new Uint8Array([0, 255]));
  expect((await lines.next()).value).toBe(Buffer.from('READY=1\nSTATUS=é').toString('hex'));
  expect((await lines.next()).value).toBe('00ff');
});

it.each([
  [join(directory, 'nobody'), 'ENOENT'],
  ['@sercli-test-nobody', 'ECONNREFUSED'],
  [`/${'x'.repeat(108)}`, 'ENAMETOOLONG'],
])('says why nothing can be sent to %s', (path, code) => {
  expect(() => sendUnixDatagram(path, new Uint8Array(1))).toThrow(expect.objectContaining({ code }));
});
