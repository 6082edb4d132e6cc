import { formatLineSettings } from '@sercli/protocol';
import { requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccepterMachine, type AccepterName } from './support/accepter-machine.ts';
import { PyserialConsole } from './support/pyserial-console.ts';
import { until } from './support/until.ts';

/** Each byte value once, and then many of each. */
const exchangedBytes = 200_000;
/** What is promised of opening again, and of a changed input on its way to a client, in milliseconds. */
const promised = { openMs: 500, inputMs: 100 };
const speeds = [300, 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 12_345];

requires({ python: ['serial'] })('pyserial', () => {
  let machine: AccepterMachine;
  let python: PyserialConsole;
  beforeAll(async () => {
    machine = await AccepterMachine.start();
  });
  afterAll(() => machine?.close());
  beforeEach(async () => {
    python = await PyserialConsole.start();
  });
  afterEach(() => python.end());

  const open = (accepter: AccepterName, options = 'timeout=10'): Promise<unknown> => {
    const scheme = accepter === 'rfc2217' || accepter === 'plug' ? 'rfc2217' : 'socket';
    return python.run(`port = serial.serial_for_url("${scheme}://127.0.0.1:${machine.tcpPort(accepter)}", ${options})`);
  };

  const settingsAre = (expected: string): Promise<number> =>
    until(`the device has ${expected}`, () => formatLineSettings(machine.device.settings) === expected);

  it.each([
    ['rfc2217', 115_200],
    ['plug', 4_000_000],
    ['raw', 115_200],
    ['auto', 115_200],
  ] as const)('by %s at %i baud: every byte value and many more, both ways at once', async (accepter, baudRate) => {
    await open(accepter, `timeout=10, baudrate=${baudRate}`);
    expect(await python.run(`echoed(port, pattern(${exchangedBytes}))`)).toBe(exchangedBytes);
  });

  describe('on a device without modem lines', () => {
    it('sets every speed, those that no table has too', async () => {
      await open('rfc2217');
      for (const baudRate of speeds) {
        await python.run(`port.baudrate = ${baudRate}`);
        await until(`the device runs at ${baudRate}`, () => machine.device.settings.baudRate === baudRate);
      }
    });

    it('opens with settings and flow control, and sets both later', async () => {
      await open('rfc2217', 'baudrate=9600, bytesize=7, parity="E", stopbits=2, rtscts=True');
      // Flow control is answered before it is in force.
      await settingsAre('9600 8N2 rtscts');
      await python.run('port.stopbits = 1; port.rtscts = False');
      await settingsAre('9600 8N1');
    });

    it('is answered about lines and breaks as if there were some', async () => {
      await open('rfc2217');
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
      await open('plug');
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
      await open('plug', 'baudrate=12345, bytesize=7, parity="E", stopbits=2');
      await python.run('port.break_condition = True');
      await python.run('port.break_condition = False');
      await python.run('port.send_break(0.05)');
      const settings = { baudRate: 12_345, dataBits: 7, parity: 'even', stopBits: 2, flowControl: 'none' };
      expect((await machine.port('plug')).settings).toEqual(settings);
    });

    it('purges what has not been sent', async () => {
      // Three seconds of the line.
      await open('plug', 'baudrate=9600, timeout=10');
      await python.run('port.write(bytes(3000))');
      await python.run('port.reset_output_buffer(); port.write(b"1")');
      expect(await python.run('len(port.read_until(b"1"))')).toBeLessThan(1500);
    });

    it('sees an input change that another client has caused', async () => {
      await open('plug');
      await python.run('other = port');
      await open('plug');
      for (const level of ['False', 'True', 'False', 'True']) {
        const change = `change_seen(assign(other, "rts", ${level}), lambda: port.cts == ${level})`;
        expect(await python.milliseconds(change)).toBeLessThan(10 * promised.inputMs);
      }
    });
  });

  it.each(['rfc2217', 'plug'] as const)('opens %s again in no time', async (accepter) => {
    await open(accepter);
    for (let round = 0; round < 3; round += 1) {
      await python.run('port.close()');
      expect(await python.milliseconds('seconds(port.open)')).toBeLessThan(10 * promised.openMs);
      expect(await python.run('echoed(port, pattern(256))')).toBe(256);
    }
  });
});
