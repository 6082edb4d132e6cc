import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requires, VirtualClock } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AccepterBench } from './testing/accepter-bench.ts';

// Node cannot send urgent data.
requires({ programs: ['python3'] })('urgent data', () => {
  let bench: AccepterBench;
  beforeEach(() => {
    bench = new AccepterBench(new VirtualClock());
  });
  afterEach(() => bench.close());

  const run = async (code: string): Promise<void> => {
    const [, tcpPort = ''] = /:(\d+)$/.exec(bench.set.readings[0]?.addresses[0] ?? '') ?? [];
    const connect = 'import socket, sys; s = socket.create_connection(("127.0.0.1", int(sys.argv[1]))); ';
    // Closed with something unread, the connection would be reset, and what it carried be lost.
    const end = '\ns.shutdown(socket.SHUT_WR)\nwhile s.recv(4096): pass';
    await promisify(execFile)('python3', ['-c', connect + code + end, tcpPort]);
  };
  const isWritten = (text: string) => expect.poll(() => bench.port.device.written.join('')).toBe(text);

  it('stays in its place', async () => {
    await bench.serve({ protocol: 'raw' });
    await run('s.sendall(b"ab"); s.send(b"c", socket.MSG_OOB); s.sendall(b"d")');
    await isWritten('abcd');
  });

  it('sends a break where telnet marks its synch signal with it, and that is wanted', async () => {
    await bench.serve({ protocol: 'telnet', breakOnSync: true });
    await run('s.sendall(b"e\\xff"); s.send(b"\\xf2", socket.MSG_OOB); s.sendall(b"f")');
    await isWritten('ef');
    expect(bench.port.device.sequences.flat()).toContainEqual(expect.objectContaining({ break: true }));
  });
});
