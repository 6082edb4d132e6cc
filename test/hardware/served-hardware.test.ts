import { firstDifference, type LinkApplication, patternBytes, systemPython } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
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
    await ls.expectExit(0);
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
    await echo.output.waitFor(/ready/);
    const sent = patternBytes(bytes, 3);
    await application.send(sent);
    await application.until(() => application.received.length >= bytes);
    expect(firstDifference(application.received.from(), sent)).toBeUndefined();
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
});

/** The far end of ttyACM0 is a tty of the guest too: what comes there goes back. */
const echoProgram = `
import os, tty
fd = os.open('/dev/ttyGS0', os.O_RDWR | os.O_NOCTTY)
tty.setraw(fd)
print('ready')
while True: os.write(fd, os.read(fd, 4096))
`;
