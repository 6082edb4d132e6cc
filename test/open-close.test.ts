import { fileURLToPath } from 'node:url';
import { parsePortList } from '@sercli/protocol';
import { requires, systemPython } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';

const openCloseScript = fileURLToPath(new URL('./support/open-close.py', import.meta.url));
const manyTimes = 1000;

requires({ ...twoMachineRequirements, programs: ['ip'], python: ['os'] })(
  'opening and closing an attached port',
  () => {
    let machines: TwoMachines;
    let device: PtyDevice;

    beforeEach(async () => {
      machines = await TwoMachines.create();
      device = new PtyDevice();
      await machines.startAgent([`modem=${device.path}`]);
    });
    afterEach(async () => {
      await machines.close();
      device.close();
    });

    it('1,000 times, with an answer from the device each time', async () => {
      const { link } = await machines.attach('modem');
      device.echo();
      const application = await openClose(link, 'echo');
      await application.expectExit(0, 50_000);
    });

    it('1,000 times in quick succession loses nothing that was written', async () => {
      const { link } = await machines.attach('modem');
      const expected = Array.from({ length: manyTimes }, (_, number) => `line ${number}\n`).join('');
      const application = await openClose(link);
      expect((await device.receive(expected.length)).toString()).toBe(expected);
      await application.expectExit(0);
    });

    it('with --wait-slave opens the far port only while an application has it open, time after time', async () => {
      const { link } = await machines.attach('modem', '--wait-slave');
      for (let round = 0; round < 5; round += 1) {
        await until('the far port is closed', async () => (await farState()) === 'idle');
        const application = await machines.run(machines.laptop, 'sh', [
          '-c',
          `exec 3<>${link}; echo round ${round} >&3; read line`,
        ]);
        await device.receiveText(`round ${round}\n`);
        expect(await farState()).toBe('open');
        application.stdin.end('\n');
        await application.exited;
      }
      await until('the far port is closed', async () => (await farState()) === 'idle');
    });

    it('with --wait-slave loses nothing of 100 quick openings', async () => {
      const { link } = await machines.attach('modem', '--wait-slave');
      const expected = Array.from({ length: 100 }, (_, number) => `line ${number}\n`).join('');
      const application = await machines.run(machines.laptop, systemPython, [openCloseScript, link, '100']);
      expect((await device.receive(expected.length)).toString()).toBe(expected);
      await application.expectExit(0);
    });

    function openClose(link: string, ...mode: string[]): ReturnType<TwoMachines['run']> {
      return machines.run(machines.laptop, systemPython, [openCloseScript, link, String(manyTimes), ...mode]);
    }

    /** What `sercli ls --json` says of the port. */
    async function farState(): Promise<string | undefined> {
      const list = await machines.sercli(machines.laptop, 'ls', machines.serialMachine.address, '--json');
      await list.expectExit(0);
      return parsePortList(list.stdout.text).ports.find(({ name }) => name === 'modem')?.state;
    }
  },
);
