import { type LineSettings, parities } from '@sercli/protocol';
import type { LinkApplication } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patienceMs } from '../testbed/guest-program.ts';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';

const config = `
name: SerialMachine
ports:
  ttyS0: /dev/ttyS0
  ttyS4: /dev/ttyS4
  adapter: { match: { serial: A50285BI } }
  bus: { device: /dev/ttyS1, rs485: { rtsOnSend: on } }
`;

/** Divisors of 115200: what a PC's UART can do. */
const uartSpeeds = [50, 300, 1200, 9600, 19_200, 38_400, 57_600, 115_200];
/** Besides, what an FTDI adapter divides 3 MHz by: eighths of a whole number, off by less than 3 %. */
const adapterSpeeds = [...uartSpeeds.slice(1), 31_250, 230_400, 250_000, 921_600, 1_000_000, 3_000_000];
const maxDeviation = 0.03;

requiresGuest('line settings', () => {
  let host: SerialHost;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    const adapter = await host.guest.makeAdapter('A50285BI');
    await adapter.plug();
    await host.portIs('adapter', ({ state }) => state === 'idle');
  });
  afterAll(() => host?.close());

  describe.each([
    { port: 'ttyS0', what: 'a 16550A on ISA', speeds: uartSpeeds, sizes: [5, 6, 7, 8] },
    { port: 'ttyS4', what: 'a 16550A on PCI', speeds: uartSpeeds, sizes: [5, 6, 7, 8] },
    { port: 'adapter', what: 'an FTDI adapter', speeds: adapterSpeeds, sizes: [7, 8] },
  ] as const)('of $what', ({ port, speeds, sizes }) => {
    let application: LinkApplication;
    beforeAll(async () => {
      application = await host.open(port);
    });
    afterAll(() => application?.link.close());

    /** What is in force as the agent says, and what reached the device. */
    const configure = async (change: Partial<LineSettings>) => {
      const mark = host.guest.trace.mark();
      const said = await application.link.configure(change);
      return { said, traced: host.guest.trace.settingsSince(mark) };
    };

    it.each(speeds)('runs at %i', async (baudRate) => {
      const { said, traced } = await configure({ baudRate });
      expect(said.baudRate).toBe(baudRate);
      expect(Math.abs((traced?.baudRate ?? 0) / baudRate - 1)).toBeLessThan(maxDeviation);
    });

    const formats = sizes.flatMap((dataBits) =>
      parities.flatMap((parity) => ([1, 2] as const).map((stops) => ({ dataBits, parity, stops }))),
    );
    it.each(formats)('has $dataBits data bits, parity $parity, $stops stop bits', async ({ stops, ...format }) => {
      // Two stop bits are one and a half where there are five data bits.
      const stopBits = stops === 2 && format.dataBits === 5 ? 1.5 : stops;
      const { said, traced } = await configure({ ...format, stopBits });
      expect(said).toMatchObject({ ...format, stopBits });
      expect(traced).toMatchObject({ ...format, stopBits });
    });
  });

  // The driver keeps to the speed that it had, or to the highest (uart_get_baud_rate of drivers/tty/serial/serial_core.c).
  it.each([
    { baudRate: 230_400, before: 115_200 },
    { baudRate: 921_600, before: 115_200 },
    { baudRate: 250_000, before: 115_200 },
    { baudRate: 921_600, before: 9600 },
  ])('$baudRate on a 16550A at $before comes back as $before', async ({ baudRate, before }) => {
    const { link } = await host.open('ttyS0', { settings: { baudRate: before } });
    const mark = host.guest.trace.mark();
    expect((await link.configure({ baudRate })).baudRate).toBe(before);
    expect(host.guest.trace.settingsSince(mark)?.baudRate).toBe(before);
    await link.close();
  });

  // The chips have 7 and 8. ftdi_sio refuses 6 and takes 5, and the chips run with 8 then (ftdi_set_termios of ftdi_sio.c).
  it.each([5, 6] as const)('%i data bits on an FTDI adapter come back as those before', async (dataBits) => {
    const { link } = await host.open('adapter', { settings: { dataBits: 8 } });
    const mark = host.guest.trace.mark();
    for (const before of [8, 7] as const) {
      await link.configure({ dataBits: before });
      expect((await link.configure({ dataBits })).dataBits).toBe(before);
    }
    const traced = host.guest.trace.since(mark).flatMap((event) => (event.kind === 'settings' ? [event.dataBits] : []));
    expect(new Set(traced)).toEqual(new Set([7]));
    await link.close();
  });

  it('RS-485 is refused where the driver cannot turn the line around', async () => {
    await expect(host.open('bus')).rejects.toMatchObject({ code: 'no-rs485' });
  });

  it('that are in force are told by attach and by ls, beside those that were asked for', async () => {
    const { link } = await host.open('ttyS0', { settings: { baudRate: 115_200 } });
    await link.close();
    const attached = await host.attach('SerialMachine/ttyS0', '--settings', '921600');
    expect(attached.events.find(({ event }) => event === 'ready')).toMatchObject({ settings: { baudRate: 115_200 } });
    const difference = { wanted: { baudRate: 921_600 }, settings: { baudRate: 115_200 } };
    const differences = () => attached.events.filter(({ event }) => event === 'settings-differ');
    expect(differences()).toMatchObject([difference]);
    const listed = await host.portIs('ttyS0', ({ state }) => state === 'open');
    expect(listed.settings.baudRate).toBe(115_200);
    await host.guest.laptop.execute('stty', ['-F', attached.link, '230400']);
    await attached.next('settings-differ', patienceMs);
    expect(differences().at(-1)).toMatchObject({ wanted: { baudRate: 230_400 }, settings: { baudRate: 115_200 } });
    expect(await host.guest.laptop.execute('stty', ['-F', attached.link, 'speed'])).toBe('115200\n');
    await attached.program.end('SIGINT');
  });

  it('take effect behind the bytes written before, and ahead of those written after', async () => {
    const application = await host.open('ttyS0', { settings: { baudRate: 1200 } });
    const mark = host.guest.trace.mark();
    const far = host.guest.far('ttyS0');
    const before = far.receivedBytes;
    await application.send(Buffer.alloc(64, 'a'));
    const changed = application.link.configure({ baudRate: 9600, parity: 'even' });
    await application.send(Buffer.alloc(64, 'b'));
    await changed;
    await far.received(before, 128);
    const traced = host.guest.trace.since(mark);
    const kinds = traced.flatMap((event) =>
      event.kind === 'byte' ? [String.fromCharCode(event.value)] : event.kind === 'settings' ? ['settings'] : [],
    );
    expect([kinds.lastIndexOf('a'), kinds.filter((kind) => kind === 'a').length]).toEqual([63, 64]);
    expect(kinds.indexOf('b')).toBeGreaterThan(kinds.lastIndexOf('settings'));
    await application.link.close();
  });
});
