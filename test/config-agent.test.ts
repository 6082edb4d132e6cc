import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

requires(twoMachineRequirements)('an agent with a configuration file', () => {
  let machines: TwoMachines;
  let device: PtyDevice;
  let file: string;
  beforeEach(async () => {
    machines = await TwoMachines.create();
    device = new PtyDevice();
    file = join(machines.folder, 'sercli.yaml');
  });
  afterEach(async () => {
    await machines.close();
    device.close();
  });

  const start = async (): Promise<ChildProgram> => {
    const agent = await machines.sercli(machines.serialMachine, 'agent', '--config', file);
    await agent.stderr.waitFor(/listening on/);
    return agent;
  };
  const list = async () => {
    const ls = await machines.sercli(machines.laptop, 'ls', machines.serialMachine.address, '--json');
    await ls.expectExit(0);
    return JSON.parse(ls.stdout.text);
  };

  it('is what the file says', async () => {
    const port = { device: device.path, settings: '9600', description: 'the PLC in hall 3', fixed: true };
    await writeFile(file, JSON.stringify({ name: 'plant', open: true, ports: { plc: port } }));
    await start();
    expect(await list()).toMatchObject({
      agent: { name: 'plant', open: true },
      ports: [{ name: 'plc', description: 'the PLC in hall 3', settings: { baudRate: 9600 }, state: 'idle' }],
    });
    const { link, program } = await machines.attach('plc', '--json');
    const stty = await machines.run(machines.laptop, 'stty', ['-F', link, '57600']);
    await stty.expectExit(0);
    await program.stdout.waitFor(/"event":"settings-failed".*fixed/);
    expect(device.settings.baudRate).toBe(9600);
  });

  it('reads the file again upon SIGHUP: a session on an untouched port goes on', async () => {
    await writeFile(file, JSON.stringify({ open: true, ports: { kept: device.path, old: 'sim:echo' } }));
    const agent = await start();
    const { link } = await machines.attach('kept');
    await writeFile(file, JSON.stringify({ open: true, ports: { kept: device.path, fresh: 'sim:modem' } }));
    agent.signal('SIGHUP');
    await agent.stderr.waitFor(/read .* again/);
    const { ports } = await list();
    expect(ports.map(({ name }: { name: string }) => name).sort()).toEqual(['fresh', 'kept']);
    expect(ports.find(({ name }: { name: string }) => name === 'kept')).toHaveProperty('controller');
    const application = await machines.run(machines.laptop, 'sh', ['-c', `echo still here > ${link}`]);
    await application.expectExit(0);
    await device.receiveText('still here');

    await writeFile(file, 'ports: [');
    const reload = await machines.sercli(machines.serialMachine, 'agent', 'reload');
    await reload.expectExit(2);
    expect(reload.stderr.text).toMatch(/sercli\.yaml line 1, column \d+/);
    await agent.stderr.waitFor(/kept the ports as they were: .*line/);
    expect((await list()).ports).toHaveLength(2);

    await writeFile(file, JSON.stringify({ open: true, ports: { kept: device.path } }));
    const again = await machines.sercli(machines.serialMachine, 'agent', 'reload');
    await again.expectExit(0);
    expect(again.stdout.text).toContain(`has read ${file} again`);
    expect((await list()).ports).toHaveLength(1);
  });

  it('is checked without being started', async () => {
    await writeFile(file, 'ports:\n  plc:\n    settngs: 9600\n');
    const wrong = await machines.sercli(machines.serialMachine, 'agent', '--config', file, '--check');
    await wrong.expectExit(2);
    expect(wrong.stderr.text).toMatch(/sercli\.yaml line 3, column 5: ports\.plc\.settngs .* did you mean settings\?/);
    await writeFile(file, 'ports:\n  plc: /dev/ttyS0,9600\n');
    const right = await machines.sercli(machines.serialMachine, 'agent', '--config', file, '--check');
    await right.expectExit(0);
  });

  it('has its ports attached as the attachments of the client say', async () => {
    await machines.startAgent([`plc=${device.path}`]);
    const link = join(machines.folder, 'plc-here');
    const attachment = { address: machines.address('plc'), link, settings: '19200' };
    await writeFile(file, JSON.stringify({ attachments: [attachment] }));
    const attach = await machines.sercli(machines.laptop, 'attach', '--config', file);
    await attach.stdout.waitFor(/ is at .*plc-here \(19200 8N1,/);
    const application = await machines.run(machines.laptop, 'sh', ['-c', `echo hello > ${link}`]);
    await application.expectExit(0);
    await device.receiveText('hello');
  });
});
