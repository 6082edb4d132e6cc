import { type LineSettings, parities } from '@sercli/protocol';
import type { LinkApplication } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requiresGuest } from '../testbed/requires-guest.ts';
import { SerialHost } from '../testbed/serial-host.ts';
import { decodeLineCoding, UsbMonitor, type UsbRequest } from '../testbed/usb-monitor.ts';

const config = `
name: SerialMachine
ports:
  gadget: /dev/ttyACM0
  adapter: { match: { serial: A50285BI } }
  slow: { match: { serial: FT0SLOW }, lowLatency: false }
`;

// Kinds of flow control (ftdi_sio.h of Linux).
const [rtsCts, xonXoff] = [1, 4];
const kindOf = ({ index }: UsbRequest): number => index >> 8;

requiresGuest('what USB devices are asked for', () => {
  let host: SerialHost;
  let usb: UsbMonitor;
  beforeAll(async () => {
    host = await SerialHost.start(config);
    for (const [port, serialNumber] of Object.entries({ adapter: 'A50285BI', slow: 'FT0SLOW' })) {
      await (await host.guest.makeAdapter(serialNumber)).plug();
      await host.portIs(port, ({ state }) => state === 'idle');
    }
    // What is asked of them when they are found is of no interest.
    usb = await UsbMonitor.start(host.guest);
  });
  afterAll(() => host?.close());

  describe('by a CDC device', () => {
    let application: LinkApplication;
    beforeAll(async () => {
      application = await host.open('gadget', { settings: { baudRate: 57_600 } });
      expect(decodeLineCoding(await usb.next('setLineCoding')).baudRate).toBe(57_600);
    });
    afterAll(() => application?.link.close());

    const speeds = [50, 300, 9600, 31_250, 115_200, 250_000, 921_600, 1_234_567, 4_000_000];
    it.each(speeds)('speed %i', async (baudRate) => {
      expect((await application.link.configure({ baudRate })).baudRate).toBe(baudRate);
      expect(decodeLineCoding(await usb.next('setLineCoding')).baudRate).toBe(baudRate);
    });

    const formats = ([5, 6, 7, 8] as const).flatMap((dataBits) =>
      parities.flatMap((parity) => ([1, 2] as const).map((stops) => ({ dataBits, parity, stops }))),
    );
    it.each(formats)('$dataBits data bits, parity $parity, $stops stop bits', async ({ stops, ...format }) => {
      const stopBits = stops === 2 && format.dataBits === 5 ? 1.5 : stops;
      expect(await application.link.configure({ ...format, stopBits })).toMatchObject({ ...format, stopBits });
      // cdc_acm says two, and leaves it to the device what that is with five data bits.
      expect(decodeLineCoding(await usb.next('setLineCoding'))).toMatchObject({ ...format, stopBits: stops });
    });

    // From both on, which the kernel makes of them; each is another than the one before.
    it.each([
      { dtr: false, rts: true },
      { dtr: true, rts: false },
      { dtr: false, rts: false },
      { dtr: true, rts: true },
    ])('DTR $dtr, RTS $rts', async (outputs) => {
      await application.link.runSequence([outputs]);
      const { value } = await usb.next('setControlLineState');
      expect({ dtr: (value & 1) !== 0, rts: (value & 2) !== 0 }).toEqual(outputs);
    });

    // The gadget does not say that it can send breaks (bmCapabilities of drivers/usb/gadget/function/f_acm.c).
    it('a break it is not asked for, and that is an error', async () => {
      const { link } = application;
      const sequence = [{ dtr: false }, { break: true, waitMs: 100 }, { break: false }];
      await expect(link.runSequence(sequence)).rejects.toMatchObject({ code: 'no-break' });
      expect(link.lines).toMatchObject({ dtr: true, rts: true });
    });
  });

  it('the inputs of a CDC device follow what it says of them', async () => {
    const application = await host.open('gadget');
    const inputsAre = (isOn: boolean): Promise<void> =>
      application.until(() => application.link.lines.dsr === isOn && application.link.lines.dcd === isOn);
    await inputsAre(false);
    for (let round = 0; round < 3; round += 1) {
      const farEnd = await host.guest.start('sleep 1000 0<>/dev/ttyGS0');
      await inputsAre(true);
      await farEnd.end();
      await inputsAre(false);
    }
    const told = application.events.flatMap((event) => (event.kind === 'lines' ? [event.lines.dcd] : []));
    expect(told.filter((isOn, index) => isOn !== told[index - 1])).toEqual([true, false, true, false, true, false]);
    await application.link.close();
  });

  describe('by an FTDI adapter', () => {
    it('that it hands on at once what it receives, unless the configuration says otherwise', async () => {
      const latency = async (port: string): Promise<string> => {
        const { device } = await host.portIs(port, ({ state }) => state === 'idle' || state === 'open');
        return host.guest.run(`cat /sys/bus/usb-serial/devices/${device.replace('/dev/', '')}/latency_timer`);
      };
      const ofAdapter = (await latency('slow')).trim();
      expect(ofAdapter).not.toBe('1');
      for (const [port, inForce] of [
        ['slow', ofAdapter],
        ['adapter', '1'],
      ] as const) {
        const { link } = await host.open(port);
        expect((await latency(port)).trim()).toBe(inForce);
        await link.close();
      }
      expect((await usb.next('setLatencyTimer')).value).toBe(1);
    });

    it('flow control, of which the chip does one kind at a time', async () => {
      const { link } = await host.open('adapter');
      // What the driver says to the adapter at the opening has other kinds.
      await link.configure({ flowControl: 'hardware' });
      while (kindOf(await usb.next('setFlowControl')) !== rtsCts);
      /** What is in force as the agent says, and what the driver says to the adapter. */
      const asked = async (flowControl: LineSettings['flowControl']) => {
        const inForce = (await link.configure({ flowControl })).flowControl;
        const request = await usb.next('setFlowControl');
        return { inForce, kind: kindOf(request), characters: request.value };
      };
      expect(await asked('software')).toEqual({ inForce: 'software', kind: xonXoff, characters: 0x1311 });
      expect(await asked('hardware')).toEqual({ inForce: 'hardware', kind: rtsCts, characters: 0 });
      expect(await asked('none')).toEqual({ inForce: 'none', kind: 0, characters: 0 });
      expect(await asked('hardware+software')).toEqual({ inForce: 'hardware', kind: rtsCts, characters: 0 });
      await link.close();
    });
  });
});
