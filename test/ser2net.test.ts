import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { PtyDevice } from './support/pty-device.ts';
import { everyByte, readBytes, Ser2netBench } from './support/ser2net-bench.ts';
import { until } from './support/until.ts';

let bench: Ser2netBench;
beforeEach(async () => {
  bench = await Ser2netBench.create();
});
afterEach(() => bench.close());

describe('sercli ser2net', () => {
  it('tells the version that it follows, in three words', async () => {
    const program = await bench.start('-v');
    await program.expectExit(0);
    expect(program.stdout.text).toBe('ser2net version 4.6.0\n');
  });

  it("serves the article's line: every byte as it is, there and back", async () => {
    bench.device.echo();
    await bench.serve('-n', '-c', await bench.file('ser2net.conf', bench.articleLine));
    expect(await bench.echoed()).toEqual(everyByte);
    expect(bench.device.settings).toMatchObject({ baudRate: 115200, dataBits: 8, parity: 'none', stopBits: 1 });
  });

  it('takes YAML of the command line, where # begins a line', async () => {
    bench.device.echo();
    await bench.serve(
      ...['-d', '-n', '-u'],
      ...['-Y', `connection: &con01#  accepter: tcp,127.0.0.1,${bench.tcpPort}`],
      ...['-Y', `  connector: serialdev(nouucplock=true),${bench.device.path},57600n81,local`],
      ...['-Y', "  options:#    banner: '\\N #1 at \\B\\r\\n'"],
    );
    const socket = await bench.dial();
    expect(String(await readBytes(socket, 22))).toBe('con01 #1 at 57600N81\r\n');
  });

  it('takes a line of the command line', async () => {
    bench.device.echo();
    await bench.serve('-n', '-C', bench.articleLine);
    expect(await bench.echoed()).toEqual(everyByte);
  });

  it('refuses a second client as ser2net does, and kicks the first where that is wanted', async () => {
    const other = await freeTcpPort();
    const lines = [bench.articleLine, `${other}:raw:0:${bench.device.path}:9600 kickolduser`];
    await bench.serve('-n', '-c', await bench.file('ser2net.conf', ...lines));
    const first = await bench.dial();
    first.write('x');
    await bench.device.receive(1);
    const second = await bench.dial();
    expect(String(await readBytes(second, 22))).toBe('Port already in use\r\n');
    const kicked = once(first.resume(), 'close');
    const third = await bench.dial(other);
    await kicked;
    third.write('third');
    await bench.device.receiveText('third');
  });

  it('keeps trace files as ser2net does', async () => {
    bench.device.echo();
    const trace = join(bench.folder, 'trace-\\p');
    const lines = [`TRACEFILE:t:${trace}`, `${bench.articleLine} tb=t tb-hexdump tb-timestamp`];
    await bench.serve('-n', '-c', await bench.file('ser2net.conf', ...lines));
    const socket = await bench.dial();
    socket.write('hello, wire');
    await readBytes(socket, 11);
    socket.destroy();
    const file = join(bench.folder, `trace-${bench.tcpPort}`);
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
    bench.device.echo();
    const lines = ['TRACEFILE:t:/dev/full', `${bench.articleLine} tb=t`];
    const program = await bench.serve('-n', '-c', await bench.file('ser2net.conf', ...lines));
    const socket = await bench.dial();
    for (let round = 0; round < 3; round += 1) {
      socket.write(everyByte);
      expect(await readBytes(socket, everyByte.length)).toEqual(everyByte);
    }
    await program.stderr.waitFor(/trace file \/dev\/full cannot be written .*ENOSPC/);
  });

  it('gives the next free port of a rotator', async () => {
    const other = new PtyDevice();
    try {
      const [one, two] = [await freeTcpPort(), await freeTcpPort()];
      const lines = [
        `${one}:raw:0:${bench.device.path}:9600`,
        `${two}:raw:0:${other.path}:9600`,
        `ROTATOR:${bench.tcpPort}:${one} ${two}`,
      ];
      await bench.serve('-n', '-c', await bench.file('ser2net.conf', ...lines));
      const first = await bench.dial();
      first.write('first');
      await bench.device.receiveText('first');
      const second = await bench.dial();
      second.write('second');
      await other.receiveText('second');
      expect(String(await readBytes(await bench.dial(), 21))).toBe('Port already in use\r\n');
    } finally {
      other.close();
    }
  });

  it('reads its file again upon SIGHUP, and changes a port that is in use when its client has left', async () => {
    bench.device.echo();
    const file = await bench.file('ser2net.conf', bench.articleLine);
    const program = await bench.serve('-n', '-c', file);
    const socket = await bench.dial();
    socket.write('before');
    await readBytes(socket, 6);
    const fresh = await freeTcpPort();
    const banner = 'BANNER:b:changed';
    await bench.file('ser2net.conf', banner, `${bench.articleLine} b`, `${fresh}:raw:0:/dev/null:9600 b`);
    program.signal('SIGHUP');
    await program.stderr.waitFor(/read the configuration again/);
    socket.write('after');
    expect(String(await readBytes(socket, 5))).toBe('after');
    expect(String(await readBytes(await bench.dial(fresh), 7))).toContain('Device open failure');
    socket.destroy();
    await program.stderr.waitFor(/is served on/);
    expect(String(await readBytes(await bench.dial(), 7))).toBe('changed');
  });

  it('says what it does not carry over, and goes on with the rest', async () => {
    bench.device.echo();
    const program = await bench.serve('-n', '-c', await bench.file('ser2net.conf', 'nonsense', bench.articleLine));
    expect(program.stderr.text).toMatch(/ser2net\.conf line 1: nonsense is not carried over/);
    expect(await bench.echoed()).toEqual(everyByte);
  });

  it('leaves the terminal without -n, and writes its process id', async () => {
    bench.device.echo();
    const [file, pidFile] = [await bench.file('ser2net.conf', bench.articleLine), join(bench.folder, 'pid')];
    const starter = await bench.start('-c', file, '-P', pidFile);
    await starter.expectExit(0);
    const pid = Number(await readFile(pidFile, 'utf8'));
    try {
      expect(await bench.echoed()).toEqual(everyByte);
      const [, parent, , session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
      expect([parent === String(starter.pid), session]).toEqual([false, String(pid)]);
    } finally {
      process.kill(pid, 'SIGTERM');
    }
    await until('the daemon has ended', () => !isAlive(pid));
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  });

  it('ends with an error where its file is missing or no YAML', async () => {
    const missing = await bench.start('-c', join(bench.folder, 'none.yaml'));
    await missing.expectExit(1);
    const broken = await bench.start('-n', '-c', await bench.file('x.yaml', 'a: ['));
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
