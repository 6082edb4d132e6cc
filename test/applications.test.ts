import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requires, systemPython } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { type Attachment, TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

const transferScript = fileURLToPath(new URL('./support/transfer.py', import.meta.url));
const transferBytes = 16 * 1024 * 1024;

requires({ ...twoMachineRequirements, programs: ['ip', 'minicom', 'picocom'], python: ['serial'] })(
  'unmodified programs on a port of another machine',
  () => {
    let machines: TwoMachines;
    let device: PtyDevice;
    let port: Attachment;

    beforeAll(async () => {
      machines = await TwoMachines.create();
      device = new PtyDevice();
      await machines.startAgent([`modem=${device.path}`]);
      port = await machines.attach('modem');
    });
    afterAll(async () => {
      await machines.close();
      device.close();
    });

    it('minicom types to the device and shows what it says', async () => {
      const minicom = await machines.runOnTerminal('minicom', ['-o', '-b', '38400', '-D', port.link]);
      await minicom.screen.waitFor(/Press CTRL-A Z for help/);
      minicom.type('hello');
      await device.receiveText('hello');
      expect(device.settings.baudRate).toBe(38400);
      device.send('this is the device\r\n');
      await minicom.screen.waitFor(/this is the device/);
      minicom.type('\x01x');
      await minicom.screen.waitFor(/Leave Minicom/);
      minicom.type('\r');
      expect(await minicom.expectExit()).toEqual({ code: 0, signal: null });
    });

    it('picocom types to the device and shows what it says', async () => {
      const picocom = await machines.runOnTerminal('picocom', [
        '-b',
        '57600',
        '--flow',
        'h',
        '--stopbits',
        '2',
        port.link,
      ]);
      await picocom.screen.waitFor(/Terminal ready/);
      picocom.type('hello');
      await device.receiveText('hello');
      expect(device.settings).toMatchObject({ baudRate: 57600, stopBits: 2, flowControl: 'hardware' });
      device.send('this is the device\r\n');
      await picocom.screen.waitFor(/this is the device/);
      picocom.type('\x01\x18');
      expect(await picocom.expectExit()).toEqual({ code: 0, signal: null });
    });

    it.each([
      ['from the device', { sent: 0, received: transferBytes }],
      ['to the device', { sent: transferBytes, received: 0 }],
      ['both ways at once', { sent: transferBytes, received: transferBytes }],
    ])('a pyserial program moves 16 MB %s unharmed', async (_, { sent, received }) => {
      const [toDevice, fromDevice] = [randomBytes(sent), randomBytes(received)];
      const file = join(machines.folder, 'to-device');
      await writeFile(file, toDevice);
      const application = await machines.run(machines.laptop, systemPython, [
        transferScript,
        port.link,
        file,
        String(received),
      ]);
      const first = await device.receive(1);
      device.send(fromDevice);
      const rest = await device.receive(sent + 1 - first.length);
      expect(sha256(Buffer.concat([first, rest]).subarray(1))).toBe(sha256(toDevice));
      const [, digest] = await application.stdout.waitFor(/received (\w+)/, 60_000);
      expect(digest).toBe(sha256(fromDevice));
      await application.expectExit(0);
    });
  },
);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
