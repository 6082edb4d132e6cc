import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeFd, openTty, PolledFd, readTermios, termiosFlags, writeTermios } from '@sercli/tty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortRecorder } from './testing/port-recorder.ts';
import { runProgram, runPython } from './testing/run-program.ts';
import { VirtualPort } from './virtual-port.ts';

let directory: string;
let port: VirtualPort;
let recorder: PortRecorder;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'virtual-port-'));
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

describe('settings', () => {
  it('reports what pyserial sets, and shows what the device has', async () => {
    const program =
      'import serial,sys\np=serial.Serial(sys.argv[1],250000,stopbits=2,rtscts=True)\np.write(b"x")\np.read(1)\nprint(__import__("termios").tcgetattr(p.fd)[4])';
    const answer = runPython(program, link());
    await recorder.until(() => recorder.receivedBytes === 1);
    expect(port.settings).toEqual({
      baudRate: 250000,
      dataBits: 8,
      parity: 'none',
      stopBits: 2,
      flowControl: 'hardware',
    });
    recorder.events.length = 0;
    port.showSettings({ ...port.settings, baudRate: 9600 });
    port.write(Buffer.from('y'));
    expect(await answer).toBe('13\n'); // B9600
    await recorder.until(() => recorder.events.includes('closed'));
    expect(recorder.events.filter((event) => event.startsWith('settings'))).toEqual([]);
  });

  it('keeps data bits and parity, which the kernel hides, and the speed at B0', async () => {
    const shown = { baudRate: 9600, dataBits: 7, parity: 'even', stopBits: 1, flowControl: 'none' } as const;
    port.showSettings(shown);
    await runProgram('stty', ['-F', link(), '19200']);
    await recorder.until(() => recorder.events.includes('closed'));
    expect(port.settings).toEqual({ ...shown, baudRate: 19200 });
    await runProgram('stty', ['-F', link(), '0']);
    await recorder.until(() => count('closed') === 2);
    expect(port.settings.baudRate).toBe(19200);
  });

  it('reports 2,000 changes of an application that clears c_lflag, within 50 ms each', async () => {
    const fd = openTty(link());
    await recorder.until(() => port.isOpen);
    const waits: number[] = [];
    for (let speed = 10_000; speed < 12_000; speed++) {
      const setAt = performance.now();
      writeTermios(fd, { ...readTermios(fd), ...speedOf(speed), local: 0 }, 'now');
      await recorder.until(() => port.settings.baudRate === speed);
      waits.push(performance.now() - setAt);
    }
    closeFd(fd);
    expect(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]).toBeLessThan(50);
  }, 60_000);

  it('ends up with the last of many changes that nobody waited for', async () => {
    const program =
      'import sys,termios,os\nf=os.open(sys.argv[1],os.O_RDWR)\na=termios.tcgetattr(f)\na[3]=0\nfor i in range(4000):\n a[4]=a[5]=[termios.B9600,termios.B19200][i%2]\n termios.tcsetattr(f,0,a)\nos.read(f,1)';
    const ended = runPython(program, link());
    await recorder.until(() => port.isOpen && port.settings.baudRate !== 115200);
    await recorder.until(() => port.settings.baudRate === 19200);
    while (port.write(Buffer.from('x')) === 0) await recorder.until(() => recorder.events.includes('writable'));
    await ended;
    await recorder.until(() => !port.isOpen);
    expect(port.settings.baudRate).toBe(19200);
  });
});

describe('flow', () => {
  it('tells of a flush, and drops what was not consumed', async () => {
    recorder.hold(true);
    const fd = openTty(link());
    const queues = { received: 0, unsent: 1 };
    const program = (queue: number): string =>
      `import os,sys,termios\nf=os.open(sys.argv[1],os.O_RDWR)\nos.write(f,b"x")\n__import__("time").sleep(0.1)\ntermios.tcflush(f,${queue})`;
    await runPython(program(queues.received), link());
    await recorder.until(() => recorder.events.includes('flush received'));
    expect(port.peek(9).length).toBe(1);
    await runPython(program(queues.unsent), link());
    await recorder.until(() => recorder.events.includes('flush unsent'));
    closeFd(fd);
    recorder.hold(false);
    await recorder.until(() => !port.isOpen);
    expect(recorder.receivedBytes).toBeLessThanOrEqual(1);
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
        if (portSide.got === total && applicationSide.got === total) resolve();
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
    closeFd(fd);
  }, 30_000);
});

describe('closing', () => {
  it('lets the application read what was written', async () => {
    const answer = runPython(
      'import os,sys,time\nf=os.open(sys.argv[1],os.O_RDWR)\nos.write(f,b"x")\ntime.sleep(0.3)\nprint(os.read(f,99))',
      link(),
    );
    await recorder.until(() => recorder.receivedBytes === 1);
    port.write(Buffer.from('last words'));
    await port.close();
    expect(await answer).toBe("b'last words'\n");
    expect(await port.closed).toBeUndefined();
  });
});

function speedOf(speed: number): { control: number; inputSpeed: number; outputSpeed: number } {
  const { BOTHER, CS8, CREAD, CLOCAL } = { ...termiosFlags, CS8: 0x30 };
  return { control: BOTHER | CS8 | CREAD | CLOCAL, inputSpeed: speed, outputSpeed: speed };
}
