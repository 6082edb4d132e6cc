import { firstDifference, type LinkApplication, patternBytes, systemPython } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { patienceMs } from '../testbed/guest-program.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';
import type { UartEnd } from '../testbed/uart-end.ts';
import type { UsbAdapter } from '../testbed/usb-adapter.ts';

const config = `
name: SerialMachine
all: true
`;
const baudRate = 115_200;
const bytes = 30_000;

/** Of the agent: in the port list, and without its common beginning, in the metrics. */
const counted = {
  receivedBytes: 'received_bytes',
  sentBytes: 'sent_bytes',
  breaks: 'breaks',
  overruns: 'overruns',
  parityErrors: 'parity_errors',
  framingErrors: 'framing_errors',
} as const;
type Counts = Record<keyof typeof counted, number>;
const none: Counts = { receivedBytes: 0, sentBytes: 0, breaks: 0, overruns: 0, parityErrors: 0, framingErrors: 0 };
const names = Object.keys(counted) as (keyof Counts)[];

/** That a 16550A keeps. */
const uartCharacters = 16;

requiresGuest('the hardware of a machine', () => {
  let host: SerialHost;
  let adapter: UsbAdapter;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    adapter = await host.guest.makeAdapter('A50285BI');
    await adapter.plug();
    await host.portIs('ttyUSB0', ({ state }) => state === 'idle');
  });
  afterAll(() => host?.close());

  const open = async (port: string): Promise<LinkApplication> => {
    const application = await host.open(port, { settings: { baudRate } });
    onTestFinished(() => application.link.close());
    return application;
  };

  it('is found by its name over mDNS, and listed with what is known of it', async () => {
    const ls = await host.sercli('ls', 'SerialMachine', '--json');
    await ls.expectExit(0, patienceMs);
    const { ports } = JSON.parse(ls.stdout.text);
    const named = (name: string) => ports.find((port: { name: string }) => port.name === name);
    for (const name of ['ttyS0', 'ttyS1', 'ttyS4', 'ttyACM0', 'ttyUSB0']) expect(named(name)?.state).toBe('idle');
    expect(named('ttyUSB0').usb).toMatchObject({ vendorId: '0403', productId: '6001', serialNumber: 'A50285BI' });
    expect(named('ttyACM0').usb).toMatchObject({ vendorId: '0525', productId: 'a4a7' });
    expect(named('ttyS2')).toMatchObject({ state: 'unavailable', reason: "it is the kernel's console" });
    expect(named('ttyS3')).toMatchObject({ state: 'unavailable', reason: 'there is no hardware behind it' });
  });

  describe.each([
    { port: 'ttyS0', far: (): UartEnd => host.guest.far('ttyS0') },
    { port: 'ttyS1', far: (): UartEnd => host.guest.far('ttyS1') },
    { port: 'ttyS4', far: (): UartEnd => host.guest.far('ttyS4') },
    { port: 'ttyUSB0', far: (): UartEnd => adapter.far },
  ])('$port', ({ port, far }) => {
    it(`carries bytes both ways at ${baudRate}, each once and in its place`, async () => {
      const application = await open(port);
      const [there, back] = [patternBytes(bytes, 1), patternBytes(bytes, 2)];
      const start = far().receivedBytes;
      const sending = far().sendPaced(there, baudRate);
      await application.send(back);
      await sending;
      await application.until(() => application.received.length >= bytes);
      expect(firstDifference(application.received.from(), there)).toBeUndefined();
      expect(firstDifference(await far().received(start, bytes), back)).toBeUndefined();
    });
  });

  it('carries bytes both ways through a USB gadget', async () => {
    const application = await open('ttyACM0');
    await host.guest.writeFile('/tmp/echo.py', echoProgram);
    const echo = await host.guest.start(`${systemPython} -u /tmp/echo.py`);
    onTestFinished(() => echo.end('KILL'));
    await echo.output.waitFor(/ready/, patienceMs);
    const sent = patternBytes(bytes, 3);
    await application.send(sent);
    await application.until(() => application.received.length >= bytes);
    expect(firstDifference(application.received.from(), sent)).toBeUndefined();
  });

  it('is listed as in use while another program has it open, or has locked it', async () => {
    const isUnavailable = async (reason: RegExp): Promise<void> => {
      const listed = await host.portIs('ttyS1', ({ state }) => state === 'unavailable');
      expect(listed.reason).toMatch(reason);
    };
    const holder = await host.guest.start('sleep 1000 0<>/dev/ttyS1');
    await isUnavailable(/^sleep.* has it open$/);
    await holder.end();
    const locker = await host.guest.start("sh -c 'echo $$ >/var/lock/LCK..ttyS1; exec sleep 1000'");
    await host.guest.run('until test -s /var/lock/LCK..ttyS1; do :; done');
    await isUnavailable(/^sleep.* has locked it$/);
    await locker.end();
    await host.portIs('ttyS1', ({ state }) => state === 'idle');
  });

  it('is attached by name as a local port', async () => {
    const attached = await host.attach('SerialMachine/ttyS0', '--settings', '9600');
    const start = host.guest.far('ttyS0').receivedBytes;
    const write = `printf 'over the bridge' >${attached.link}`;
    await host.guest.laptop.execute('sh', ['-c', write]);
    const received = await host.guest.far('ttyS0').received(start, 15);
    expect(Buffer.from(received).toString()).toBe('over the bridge');
    expect(await attached.program.end('SIGINT')).toMatchObject({ code: 0 });
  });

  describe('counters', () => {
    const listed = async (port: string): Promise<Counts> => {
      const ls = await host.sercli('ls', 'SerialMachine', '--json');
      await ls.expectExit(0, patienceMs);
      const { counters } = JSON.parse(ls.stdout.text).ports.find(({ name }: { name: string }) => name === port);
      return counters;
    };

    const measured = async (port: string): Promise<Counts> => {
      const metrics = await host.guest.run(
        'curl -s --unix-socket /run/sercli/SerialMachine.sock http://localhost/metrics',
      );
      const value = (name: string): number =>
        Number(new RegExp(`^sercli_port_${name}_total\\{port="${port}"\\} (\\d+)$`, 'm').exec(metrics)?.[1]);
      return Object.fromEntries(names.map((name) => [name, value(counted[name])])) as Counts;
    };

    /** As another program of the guest reads them from the driver (TIOCGICOUNT, ioctl_tty(2)). */
    const ofDriver = async (port: string): Promise<Counts> => {
      await host.guest.writeFile('/tmp/counters.py', countersProgram(port));
      const numbers = (await host.guest.run(`${systemPython} /tmp/counters.py`)).trim().split(' ').map(Number);
      const [receivedBytes = 0, sentBytes = 0, framingErrors = 0, overruns = 0, parityErrors = 0, breaks = 0] =
        numbers.slice(4);
      return { receivedBytes, sentBytes, framingErrors, overruns, parityErrors, breaks };
    };

    /** How much more there is of each since `before`. */
    const more = (now: Counts, before: Counts): Counts =>
      Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as Counts;

    const farEnds: { port: string; far: () => UartEnd }[] = [
      { port: 'ttyS0', far: () => host.guest.far('ttyS0') },
      { port: 'ttyUSB0', far: () => adapter.far },
    ];
    it.each(farEnds)('of $port are what its far end sent and received', async ({ port, far }) => {
      const application = await open(port);
      const [before, driverBefore, farBefore] = [await listed(port), await ofDriver(port), far().receivedBytes];
      far().send(patternBytes(5000, 1));
      await application.send(patternBytes(3000, 2));
      await application.until(() => application.received.length === 5000);
      await far().received(farBefore, 3000);
      await application.link.drain();
      const exchanged = { ...none, receivedBytes: 5000, sentBytes: 3000 };
      expect(more(await listed(port), before)).toEqual(exchanged);
      expect(more(await measured(port), before)).toEqual(exchanged);
      expect(more(await ofDriver(port), driverBefore)).toEqual(exchanged);
    });

    const breaksIn = ({ events }: LinkApplication): number => events.filter(({ kind }) => kind === 'break').length;

    const overrunsTo = ({ events }: LinkApplication): number =>
      events.filter((event) => event.kind === 'line-error' && event.error === 'overrun').length;

    it('count the breaks that come in, which are no bytes', async () => {
      const application = await open('ttyS0');
      const [before, driverBefore] = [await listed('ttyS0'), await ofDriver('ttyS0')];
      for (let count = 1; count <= 3; count += 1) {
        await host.guest.sendBreak('ttyS0');
        await application.until(() => breaksIn(application) === count);
      }
      expect(more(await listed('ttyS0'), before)).toEqual({ ...none, breaks: 3 });
      expect(more(await measured('ttyS0'), before)).toEqual({ ...none, breaks: 3 });
      // The driver counts the character that stands for a break (serial8250_read_char of 8250_port.c).
      expect(more(await ofDriver('ttyS0'), driverBefore)).toEqual({ ...none, breaks: 3, receivedBytes: 3 });
    });

    it('count what the hardware had no room for', async () => {
      const application = await open('ttyS0');
      const [before, driverBefore] = [await listed('ttyS0'), await ofDriver('ttyS0')];
      // More characters than the 16550A keeps, while nobody takes them.
      await host.guest.whileStopped(async () => {
        for (let count = 0; count < 2 * uartCharacters; count += 1) await host.guest.sendBreak('ttyS0');
      });
      await application.until(() => overrunsTo(application) > 0);
      // A break is a character of the UART's too, and its status says of the first alone what it was.
      const lost = { ...none, breaks: 1, overruns: 1 };
      expect(more(await listed('ttyS0'), before)).toEqual({ ...lost, receivedBytes: uartCharacters - 1 });
      expect(more(await measured('ttyS0'), before)).toEqual({ ...lost, receivedBytes: uartCharacters - 1 });
      expect(more(await ofDriver('ttyS0'), driverBefore)).toEqual({ ...lost, receivedBytes: uartCharacters });
      expect(overrunsTo(application)).toBe(1);
    });

    it('count the breaks of a USB gadget, which come at their place among the bytes', async () => {
      const application = await open('ttyACM0');
      const start = application.link.readOffset;
      const [before, driverBefore] = [await listed('ttyACM0'), await ofDriver('ttyACM0')];
      await host.guest.writeFile('/tmp/gadget.py', gadgetProgram);
      for (let count = 1; count <= 2; count += 1) {
        await host.guest.run(`${systemPython} /tmp/gadget.py`);
        await application.until(() => breaksIn(application) === count && application.received.length === 4 * count);
      }
      const offsets = application.events.flatMap((event) => (event.kind === 'break' ? [event.offset - start] : []));
      expect(offsets).toEqual([2, 6]);
      expect(more(await listed('ttyACM0'), before)).toEqual({ ...none, breaks: 2, receivedBytes: 8 });
      // cdc_acm counts no bytes.
      expect(more(await ofDriver('ttyACM0'), driverBefore)).toEqual({ ...none, breaks: 2 });
    });
  });
});

/** The far end of ttyACM0 is a tty of the guest too: what comes there goes back. */
const echoProgram = `
import os, tty
fd = os.open('/dev/ttyGS0', os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
print('ready')
while True: os.write(fd, os.read(fd, 4096))
`;

/** The far end of ttyACM0. Bytes and breaks go over USB on ways of their own: each has to be there before the next. */
const gadgetProgram = `
import os, termios, time, tty
fd = os.open('/dev/ttyGS0', os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
os.write(fd, b'ab')
time.sleep(0.3)
termios.tcsendbreak(fd, 0)
time.sleep(0.3)
os.write(fd, b'cd')
termios.tcdrain(fd)
`;

function countersProgram(port: string): string {
  return `
import fcntl, os, struct
fd = os.open('/dev/${port}', os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
print(*struct.unpack('20i', fcntl.ioctl(fd, 0x545d, bytes(80))))`;
}
