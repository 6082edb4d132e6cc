import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeFd, hasExtproc, openTty, readTermios, termiosFlags, writeTermios } from '@sercli/tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
  await runPython(
    'import os,sys,termios\nf=os.open(sys.argv[1],os.O_RDWR)\na=termios.tcgetattr(f)\na[4]=a[5]=termios.B0\ntermios.tcsetattr(f,0,a)',
    link(),
  );
  await recorder.until(() => count('closed') === 2);
  expect(port.settings.baudRate).toBe(19200);
});

it('reports 2,000 changes of an application that clears c_lflag, each in no time', async () => {
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
  // Ten times what is promised.
  expect(Math.max(...waits)).toBeLessThan(10 * 50);
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

it('does not overwrite what the application has just set, and tells it', async () => {
  const fd = openTty(link());
  await recorder.until(() => port.isOpen);
  writeTermios(fd, { ...readTermios(fd), ...speedOf(38_400) }, 'now');
  // The answer to what it had set before comes in the same turn.
  port.showSettings({ ...port.settings, baudRate: 57_600 });
  expect(port.settings.baudRate).toBe(38_400);
  expect(readTermios(fd).outputSpeed).toBe(38_400);
  expect(recorder.events.filter((event) => event.startsWith('settings'))).toHaveLength(1);
  closeFd(fd);
});

it.each([
  { flags: 'termios.PARMRK | termios.INPCK', reads: 'ff0000' + '61' + 'ffff' + 'ff0062' + '63' },
  { flags: '0', reads: '0061ff6263' },
  { flags: 'termios.IGNBRK | termios.INPCK', reads: '61ff0063' },
])('lets an application with $flags read breaks and errors as at a serial port', async ({ flags, reads }) => {
  // It clears c_lflag, as cfmakeraw(3) does: until EXTPROC is set again, the kernel writes ff twice, breaks included.
  const program = `
import os, sys, termios
fd = os.open(sys.argv[1], os.O_RDWR)
wanted = termios.tcgetattr(fd)
wanted[0], wanted[3] = ${flags}, 0
termios.tcsetattr(fd, termios.TCSANOW, wanted)
os.write(fd, b'ready')
data = b''
while not data.endswith(b'c'): data += os.read(fd, 100)
print(data.hex())`;
  const answer = runPython(program, link());
  await recorder.until(() => recorder.receivedBytes === 5);
  await extprocIsBack();
  port.lineBreak();
  port.write(Uint8Array.of(0x61, 0xff));
  port.lineError();
  port.write(Uint8Array.of(0x62, 0x63));
  expect(await answer).toBe(`${reads}\n`);
});

async function extprocIsBack(): Promise<void> {
  const fd = openTty(link());
  while (!hasExtproc(fd)) await new Promise((resolve) => setImmediate(resolve));
  closeFd(fd);
}

function speedOf(speed: number): { control: number; inputSpeed: number; outputSpeed: number } {
  const { BOTHER, CS8, CREAD, CLOCAL } = { ...termiosFlags, CS8: 0x30 };
  return { control: BOTHER | CS8 | CREAD | CLOCAL, inputSpeed: speed, outputSpeed: speed };
}
