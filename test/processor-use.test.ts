import { requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processorUse } from './support/processor-use.ts';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

const seconds = 10;
const maxUse = 0.01;
const mostSpans = 3;
const states = ['closed', 'idle', 'stalled', 'orphan'] as const;

requires(twoMachineRequirements)('an attached port that has nothing to do', () => {
  let machines: TwoMachines;
  const devices = Object.fromEntries(states.map((state) => [state, new PtyDevice()]));

  beforeAll(async () => {
    machines = await TwoMachines.create();
  });
  afterAll(async () => {
    await machines.close();
    for (const device of Object.values(devices)) device.close();
  });

  // All states at once: each is an attachment of its own, and ten seconds are enough for them together.
  it('uses less than 1 % of a processor: closed, open and idle, application stalled, far end gone', async () => {
    const served = states.map((state) => `${state}=${devices[state]?.path}`);
    await machines.startAgent(served.slice(0, 3));
    const elsewhere = ['--name', 'other', '--listen', `${machines.serialMachine.address}:7373`];
    const ofOrphan = await machines.startAgent(served.slice(3), ...elsewhere);

    const closed = await machines.attach('closed');
    const idle = await machines.attach('idle');
    await holdOpen(idle.link);
    const stalled = await machines.attach('stalled');
    await holdOpen(stalled.link);
    devices.stalled?.send(new Uint8Array(8 * 1024 * 1024));
    const orphan = await machines.attachAt(`${machines.serialMachine.address}:7373/orphan`, '--json');
    await holdOpen(orphan.link);
    await ofOrphan.end('SIGKILL');
    await orphan.program.stdout.waitFor(/"event":"paused"/);

    const pids = [closed, idle, stalled, orphan].map(({ program }) => program.pid);
    expect(await usesWhenCalm(pids)).toEqual(Object.fromEntries(states.map((state) => [state, 'calm'])));
  });

  /** What has just started is cleared up once, some seconds later (V8's memory reducer): the next ten seconds count then. */
  async function usesWhenCalm(pids: readonly number[]): Promise<Record<string, unknown>> {
    let uses: Record<string, unknown> = {};
    for (let span = 1; span <= mostSpans; span++) {
      const measured = await processorUse(pids, seconds);
      uses = Object.fromEntries(
        states.map((state, index) => [state, (measured[index] ?? 1) < maxUse ? 'calm' : measured[index]]),
      );
      if (Object.values(uses).every((use) => use === 'calm')) break;
    }
    return uses;
  }

  /** An application that has the port open and reads nothing. */
  async function holdOpen(link: string): Promise<void> {
    const application = await machines.run(machines.laptop, 'sh', ['-c', `exec 3<>${link}; echo open; read line`]);
    await application.stdout.waitFor(/open/);
  }
});
