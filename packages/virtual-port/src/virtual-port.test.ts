import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SercliError } from '@sercli/protocol';
import { closeFd, openTty, PolledFd } from '@sercli/tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PortRecorder } from './testing/port-recorder.ts';
import { runProgram, runPython } from './testing/run-program.ts';
import { VirtualPort } from './virtual-port.ts';

let directory: string;
let port: VirtualPort;
let recorder: PortRecorder;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'virtual-port-'));
  vi.stubEnv('XDG_RUNTIME_DIR', directory);
  port = await VirtualPort.create({ link: join(directory, 'ttyS0') });
  recorder = new PortRecorder(port);
});

afterEach(async () => {
  await port.close();
  rmSync(directory, { recursive: true });
});

const link = (): string => join(directory, 'ttyS0');
const count = (event: string): number => recorder.events.filter((noted) => noted === event).length;

describe('applications that come and go', () => {
  it('tells of an open and a close, with the bytes between', async () => {
    await runProgram('sh', ['-c', `echo hi > ${link()}`]);
    await recorder.until(() => recorder.events.includes('closed'));
    expect(recorder.events).toEqual(['opened', 'closed']);
    expect(recorder.text).toBe('hi\n');
    expect(port.isOpen).toBe(false);
  });

  it('takes a program that only sets the speed for a session', async () => {
    await runProgram('stty', ['-F', link(), '9600']);
    await recorder.until(() => recorder.events.includes('closed'));
    expect(recorder.events).toEqual(['opened', 'settings 9600 1 none', 'closed']);
    expect(await runProgram('stty', ['-F', link(), 'speed'])).toBe('9600\n');
  });

  it('loses nothing of 1,000 programs in quick succession', async () => {
    const program =
      'import os,sys\nfor i in range(1000):\n f=os.open(sys.argv[1],os.O_RDWR|os.O_NOCTTY)\n os.write(f,b"line %d\\n"%i)\n os.close(f)';
    await runPython(program, link());
    await recorder.until(() => !port.isOpen && recorder.text.endsWith('line 999\n'));
    expect(recorder.text).toBe(Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join(''));
    expect(count('closed')).toBe(count('opened'));
  });

  it('gives an application that sets nothing a plain line', async () => {
    const answer = runPython(
      'import os,sys\nf=os.open(sys.argv[1],os.O_RDWR|os.O_NOCTTY)\nos.write(f,b"\\r\\n\\x03")\nprint(os.read(f,99))',
      link(),
    );
    await recorder.until(() => recorder.receivedBytes === 3);
    expect(port.write(Buffer.from('\r\x04\x11\n'))).toBe(4);
    expect(await answer).toBe("b'\\r\\x04\\x11\\n'\n");
    expect(recorder.text).toBe('\r\n\x03');
  });

  it('takes nothing to write while no application has the port open, and says when it does', async () => {
    expect(port.write(Buffer.from('lost?'))).toBe(0);
    const fd = openTty(link());
    await recorder.until(() => recorder.events.includes('writable'));
    expect(port.write(Buffer.from('kept'))).toBe(4);
    closeFd(fd);
    await recorder.until(() => recorder.events.includes('closed'));
    expect(port.write(Buffer.from('x'))).toBe(0);
  });

  it('keeps no bytes for the next application', async () => {
    const first = openTty(link());
    await recorder.until(() => port.isOpen);
    port.write(Buffer.from('stale'));
    closeFd(first);
    await recorder.until(() => !port.isOpen);
    const answer = runPython('import os,sys\nf=os.open(sys.argv[1],os.O_RDWR)\nprint(os.read(f,99))', link());
    await recorder.until(() => port.isOpen);
    port.write(Buffer.from('fresh'));
    expect(await answer).toBe("b'fresh'\n");
  });

  it('opens again after an application left it in exclusive use', async () => {
    const TIOCEXCL = 0x540c;
    await runPython(`import os,sys,fcntl\nf=os.open(sys.argv[1],os.O_RDWR)\nfcntl.ioctl(f,${TIOCEXCL})`, link());
    await recorder.until(() => recorder.events.includes('closed'));
    const TIOCGEXCL = 0x80045440;
    const isExclusive = await runPython(
      `import os,sys,fcntl\nf=os.open(sys.argv[1],os.O_RDWR)\nprint(fcntl.ioctl(f,${TIOCGEXCL},b"    "))`,
      link(),
    );
    expect(isExclusive).toBe("b'\\x00\\x00\\x00\\x00'\n");
  });
});

describe('flow', () => {
  it.each([
    ['received', 0, 1],
    ['unsent', 1, 0],
  ])('tells of a flush of %s, and drops what was not sent on', async (queue, number, bytesLeft) => {
    recorder.hold(true);
    const program = `import os,sys,termios
f=os.open(sys.argv[1],os.O_RDWR)
os.write(f,b"x")
os.read(f,1)
termios.tcflush(f,${number})
os.read(f,1)`;
    const ended = runPython(program, link());
    await recorder.until(() => port.peek(9).length === 1);
    expect(port.write(Buffer.from('g'))).toBe(1);
    await recorder.until(() => recorder.events.includes(`flush ${queue}`));
    expect(port.peek(9).length).toBe(bytesLeft);
    expect(port.write(Buffer.from('h'))).toBe(1);
    await ended;
    recorder.hold(false);
    await recorder.until(() => !port.isOpen);
    expect(recorder.receivedBytes).toBe(bytesLeft);
  });

  it('tells of settings while bytes wait to be consumed', async () => {
    recorder.hold(true);
    const fd = openTty(link());
    await runProgram('sh', ['-c', `echo waiting > ${link()}`]);
    await recorder.until(() => port.peek(99).length > 0);
    await runProgram('stty', ['-F', link(), '4800']);
    await recorder.until(() => port.settings.baudRate === 4800);
    closeFd(fd);
    expect(Buffer.from(port.peek(99)).toString()).toBe('waiting\n');
    expect(port.isOpen).toBe(true);
    recorder.hold(false);
    await recorder.until(() => !port.isOpen);
    expect(recorder.text).toBe('waiting\n');
  });

  it('stops when the application does not read, and goes on when it does', async () => {
    const fd = openTty(link());
    await recorder.until(() => port.isOpen);
    let written = 0;
    for (let taken = 1; taken > 0; written += taken) taken = port.write(new Uint8Array(1000));
    expect(written).toBeLessThan(100_000);
    const into = new Uint8Array(100_000);
    let read = 0;
    const application = new PolledFd(fd, {
      readable: () => {
        read += application.read(into);
      },
      writable: () => undefined,
      failed: () => undefined,
    });
    application.setInterest({ readable: true, writable: false });
    await recorder.until(() => recorder.events.includes('writable'));
    expect(read).toBeGreaterThan(0);
    application.close();
  });

  it('carries 16 MB each way unchanged', async () => {
    const bytes = randomBytes(1 << 20);
    const total = 16 << 20;
    const fd = openTty(link());
    await recorder.until(() => port.isOpen);
    const portSide = { sent: 0, got: 0, hash: createHash('sha256') };
    const applicationSide = { sent: 0, got: 0, hash: createHash('sha256') };
    const next = (sent: number): Uint8Array =>
      bytes.subarray(sent % bytes.length, Math.min(bytes.length, (sent % bytes.length) + total - sent));
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (portSide.got !== total || applicationSide.got !== total) return;
        application.close();
        resolve();
      };
      const fill = (): void => {
        for (let taken = 1; taken > 0 && portSide.sent < total; portSide.sent += taken)
          taken = port.write(next(portSide.sent));
      };
      port.listen({
        opened: fill,
        closed: () => undefined,
        writable: fill,
        readable: () => {
          const chunk = port.peek(65536);
          portSide.hash.update(chunk);
          portSide.got += chunk.length;
          port.consume(chunk.length);
          check();
        },
        settings: () => undefined,
        flush: () => undefined,
      });
      const into = new Uint8Array(65536);
      const application = new PolledFd(fd, {
        readable: () => {
          const length = application.read(into);
          applicationSide.hash.update(into.subarray(0, length));
          applicationSide.got += length;
          check();
        },
        writable: () => {
          applicationSide.sent += application.write(next(applicationSide.sent));
          application.setInterest({ readable: true, writable: applicationSide.sent < total });
        },
        failed: () => undefined,
      });
      application.setInterest({ readable: true, writable: true });
    });
    const sent = createHash('sha256');
    for (let at = 0; at < total; at += bytes.length) sent.update(bytes);
    const digest = sent.digest('hex');
    expect([portSide.hash.digest('hex'), applicationSide.hash.digest('hex')]).toEqual([digest, digest]);
  }, 30_000);
});

describe('closing', () => {
  it('lets the application read what was written', async () => {
    const fd = openTty(link());
    await recorder.until(() => port.isOpen);
    port.write(Buffer.from('last words'));
    const closing = port.close();
    expect(port.write(Buffer.from('more'))).toBe(0);
    expect(readSync(fd, Buffer.alloc(99))).toBe(10);
    await closing;
    expect(await port.closed).toBeUndefined();
    expect(() => readSync(fd, Buffer.alloc(99))).not.toThrow(); // end of file: the line is gone
    closeFd(fd);
  });

  it('may be aborted from within a call of the listener', async () => {
    const error = new SercliError('aborted', { what: 'the test' });
    port.listen({
      opened: () => port.abort(error),
      closed: () => undefined,
      readable: () => undefined,
      writable: () => undefined,
      settings: () => undefined,
      flush: () => undefined,
    });
    await runProgram('sh', ['-c', `echo x > ${link()}`]);
    expect(await port.closed).toBe(error);
    expect(existsSync(link())).toBe(false);
  });
});
