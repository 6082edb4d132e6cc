import { setTimeout as wait } from 'node:timers/promises';
import { requires, type UartFarEnd } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { AttachProgram } from './support/attach-program.ts';
import { summarizeTraffic } from './support/summary-rows.ts';
import { faultsOf, makeUart, rates, Traffic } from './support/traffic.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

const [, rate] = rates;

requires(twoMachineRequirements)('a fault of a real network interface', () => {
  let machines: TwoMachines;
  let uart: UartFarEnd;
  let attached: AttachProgram;
  let traffic: Traffic | undefined;

  beforeEach(async () => {
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    uart = makeUart(machines.folder, rate);
    await machines.startAgent([`dut=${uart.link}`]);
    const { program, link } = await machines.attach('dut', '--json');
    attached = new AttachProgram(program, link);
    traffic = await Traffic.start(uart, attached);
    await traffic.flows(0.5);
  });
  afterEach(async () => {
    traffic?.close();
    traffic = undefined;
    uart.close();
    await machines.close();
  });

  it('the cable is out for 2 s', async ({ task }) => {
    await machines.laptop.setLink('down');
    await wait(2000);
    await machines.laptop.setLink('up');
    await expectFlawless(task);
  });

  it('the laptop has another address', async ({ task }) => {
    const { laptop } = machines;
    await laptop.execute('ip', ['address', 'delete', `${laptop.address}/24`, 'dev', 'eth0']);
    await laptop.execute('ip', ['address', 'add', '10.73.72.77/24', 'dev', 'eth0']);
    await expectFlawless(task);
    const paused = attached.events.find(({ event }) => event === 'paused');
    expect(paused).toMatchObject({ reason: expect.stringContaining('no interface of this machine has the address') });
  });

  async function expectFlawless(task: TestContext['task']): Promise<void> {
    if (traffic === undefined) throw new Error('no bytes flow');
    await traffic.flows(0.5);
    const result = await traffic.finish();
    summarizeTraffic(task, result, [attached]);
    const { toApplication, toDevice, overrunBytes } = result;
    expect({ toApplication: faultsOf(toApplication), toDevice: faultsOf(toDevice), overrunBytes }).toEqual({
      toApplication: {},
      toDevice: {},
      overrunBytes: 0,
    });
    expect(attached.gaps).toEqual([]);
  }
});
