import { requires, systemPython } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { type Attachment, TwoMachines, twoMachineRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';

/** How soon what an application sets is to be in force on the device, in milliseconds; the test allows ten times that. */
const promisedDelayMs = 50;

requires({ ...twoMachineRequirements, programs: ['ip', 'stty'], python: ['serial'] })(
  'line settings across the network',
  () => {
    let machines: TwoMachines;
    let device: PtyDevice;
    let port: Attachment;

    beforeAll(async () => {
      machines = await TwoMachines.create();
      device = new PtyDevice();
      await machines.startAgent([`modem=${device.path},19200`]);
      port = await machines.attach('modem', '--json');
    });
    afterAll(async () => {
      await machines.close();
      device.close();
    });

    it('the PTY begins with the settings of the device', async () => {
      expect(device.settings.baudRate).toBe(19200);
      expect(await stty('speed')).toBe('19200\n');
    });

    it('what stty sets is in force on the device in no time, ten times', async () => {
      for (let round = 0; round < 10; round += 1) {
        const baudRate = round % 2 === 0 ? 57600 : 38400;
        await stty(String(baudRate));
        const delayMs = await until(`the device runs at ${baudRate}`, () => device.settings.baudRate === baudRate);
        expect(delayMs).toBeLessThan(10 * promisedDelayMs);
      }
    });

    it.each([
      ['cstopb', { stopBits: 2 }],
      ['-cstopb', { stopBits: 1 }],
      ['crtscts', { flowControl: 'hardware' }],
      ['-crtscts', { flowControl: 'none' }],
    ])('stty %s reaches the device', async (setting, expected) => {
      await stty(setting);
      await until(`${setting} is in force`, () =>
        Object.entries(expected).every(([key, value]) => Reflect.get(device.settings, key) === value),
      );
    });

    it('a speed that no table has reaches the device as it is', async () => {
      const open = `import serial; serial.Serial('${port.link}', 1234567).close()`;
      await machines.laptop.execute(systemPython, ['-c', open]);
      await until('the device runs at 1234567', () => device.settings.baudRate === 1234567);
    });

    it('attach reports what is in force', async () => {
      await stty('4800');
      await port.program.stdout.waitFor(/"event":"settings".*4800/);
    });

    /** Runs stty on the port as another program of the laptop would; it opens, sets and closes within a few ms. */
    async function stty(...args: string[]): Promise<string> {
      return machines.laptop.execute('stty', ['-F', port.link, ...args]);
    }
  },
);

requires({ ...twoMachineRequirements, programs: ['ip', 'stty'] })('line settings that are fixed', () => {
  it('stay as they are, whatever the application sets', async () => {
    const machines = await TwoMachines.create();
    const device = new PtyDevice();
    onTestFinished(async () => {
      await machines.close();
      device.close();
    });
    await machines.startAgent([`modem=${device.path},19200`]);
    const { link } = await machines.attach('modem', '--fixed-settings');
    await machines.laptop.execute('sh', ['-c', `stty -F ${link} 57600; echo done > ${link}`]);
    await device.receiveText('done');
    expect(device.settings.baudRate).toBe(19200);
  });
});
