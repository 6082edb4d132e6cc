import { requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { OneMachine } from './support/one-machine.ts';
import { PtyDevice } from './support/pty-device.ts';
import { PyserialConsole } from './support/pyserial-console.ts';
import { until } from './support/until.ts';

/** Besides each byte value, there and back. */
const exchangedBytes = 200_000;
/** What is promised of opening again, and of a changed input on its way to a client, in milliseconds. */
const promised = { openMs: 500, inputMs: 100 };
const speeds = [300, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 12_345];

requires({ python: ['serial'] })('pyserial', () => {
  let machine: OneMachine;
  let device: PtyDevice;
  let python: PyserialConsole;
  const places = { terminal: 0, rawTerminal: 0, plug: 0 };
  beforeAll(async () => {
    machine = await OneMachine.create();
    device = new PtyDevice();
    device.echo();
    for (const name of ['terminal', 'rawTerminal', 'plug'] as const) places[name] = await freeTcpPort();
    const tcp = (place: keyof typeof places, protocol: string) => ({
      listen: `127.0.0.1:${places[place]}`,
      protocol,
      onBusy: 'share',
    });
    await machine.startConfigured({
      terminal: { device: device.path, tcp: [tcp('terminal', 'rfc2217'), tcp('rawTerminal', 'raw')] },
      // Its bytes take their time on the line, which is as fast as it can be.
      plug: { device: 'sim:echo,4000000', tcp: tcp('plug', 'rfc2217') },
    });
  });
  afterAll(async () => {
    await machine?.close();
    device?.close();
  });
  beforeEach(async () => {
    python = await PyserialConsole.start();
  });
  afterEach(() => python.end());

  const open = (scheme: string, place: keyof typeof places, options = 'timeout=10'): Promise<unknown> =>
    python.run(`port = serial.serial_for_url("${scheme}://127.0.0.1:${places[place]}", ${options})`);

  it.each([
    ['rfc2217', 'terminal', 115_200],
    ['rfc2217', 'plug', 4_000_000],
    ['socket', 'rawTerminal', 115_200],
  ] as const)('%s:// to %s: every byte value and many more, both ways at once', async (scheme, place, baudRate) => {
    await open(scheme, place, `timeout=10, baudrate=${baudRate}`);
    expect(await python.run(`echoed(port, pattern(${exchangedBytes}))`)).toBe(exchangedBytes);
  });

  describe('on a device without modem lines', () => {
    it('sets every speed, those that no table has too', async () => {
      await open('rfc2217', 'terminal');
      for (const baudRate of speeds) {
        await python.run(`port.baudrate = ${baudRate}`);
        await until(`the device runs at ${baudRate}`, () => device.settings.baudRate === baudRate);
      }
    });

    it('opens with settings and flow control, and sets both later', async () => {
      await open('rfc2217', 'terminal', 'baudrate=9600, bytesize=7, parity="E", stopbits=2, rtscts=True');
      expect(device.settings).toMatchObject({ baudRate: 9600, stopBits: 2, flowControl: 'hardware' });
      await python.run('port.stopbits = 1; port.rtscts = False');
      await until('both are set', () => device.settings.stopBits === 1 && device.settings.flowControl === 'none');
    });

    it('is answered about lines and breaks as if there were some', async () => {
      await open('rfc2217', 'terminal');
      for (const level of ['False', 'True']) {
        for (const line of ['dtr', 'rts', 'break_condition']) await python.run(`port.${line} = ${level}`);
      }
      await python.run('port.break_condition = False');
      await python.run('port.send_break(0.05)');
      expect(await python.run('[port.cts, port.dsr, port.ri, port.cd]')).toEqual([false, false, false, false]);
      expect(await python.run('echoed(port, pattern(256))')).toBe(256);
    });
  });

  describe('on a device with modem lines', () => {
    it('sets DTR and RTS, and reads what is wired to them', async () => {
      await open('rfc2217', 'plug');
      for (const [dtr, rts] of [
        ['True', 'False'],
        ['False', 'True'],
        ['False', 'False'],
        ['True', 'True'],
      ]) {
        await python.run(`port.dtr = ${dtr}; port.rts = ${rts}`);
        await python.run(`until(lambda: (port.dsr, port.cd, port.cts) == (${dtr}, ${dtr}, ${rts}))`);
      }
      expect(await python.run('port.ri')).toBe(false);
    });

    it('sets the whole format of a character, and sends breaks', async () => {
      await open('rfc2217', 'plug', 'baudrate=12345, bytesize=7, parity="E", stopbits=2');
      await python.run('port.break_condition = True');
      await python.run('port.break_condition = False');
      await python.run('port.send_break(0.05)');
      const settings = { baudRate: 12_345, dataBits: 7, parity: 'even', stopBits: 2, flowControl: 'none' };
      expect((await machine.port('plug')).settings).toEqual(settings);
    });

    it('purges what it does not want', async () => {
      // Three seconds of the line: most of it is still on its way.
      await open('rfc2217', 'plug', 'baudrate=9600, timeout=1');
      await python.run('port.write(bytes(3000))');
      await python.run('port.reset_output_buffer(); port.reset_input_buffer()');
      expect(await python.run('len(port.read(3000))')).toBeLessThan(2000);
    });

    it('sees an input change that another client has caused', async () => {
      await open('rfc2217', 'plug');
      await python.run('other = port');
      await open('rfc2217', 'plug');
      for (const level of ['False', 'True', 'False', 'True']) {
        const change = `change_seen(assign(other, "rts", ${level}), lambda: port.cts == ${level})`;
        expect(await python.milliseconds(change)).toBeLessThan(10 * promised.inputMs);
      }
    });
  });

  it.each(['terminal', 'plug'] as const)('opens %s again in no time', async (place) => {
    await open('rfc2217', place);
    for (let round = 0; round < 3; round += 1) {
      await python.run('port.close()');
      expect(await python.milliseconds('seconds(port.open)')).toBeLessThan(10 * promised.openMs);
      expect(await python.run('echoed(port, pattern(256))')).toBe(256);
    }
  });
});
