import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Avahi } from './support/avahi.ts';
import { DiscoveryPrograms } from './support/discovery-programs.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

requires({
  ...twoMachineRequirements,
  programs: ['ip', 'avahi-daemon', 'avahi-browse', 'avahi-publish', 'dbus-daemon'],
})('accepters that other software looks for', () => {
  const programs = new DiscoveryPrograms();
  let machines: TwoMachines;
  let file: string;
  beforeEach(async () => {
    machines = await TwoMachines.create();
    file = join(machines.folder, 'sercli.yaml');
    await machines.networkIsUp();
  });
  afterEach(async () => {
    await programs.end();
    await machines.close();
  });

  const write = (tcp: unknown): Promise<void> =>
    writeFile(file, JSON.stringify({ name: 'plant', ports: { dut: { device: 'sim:echo', tcp } } }));
  const start = (): Promise<ChildProgram> => machines.sercli(machines.serialMachine, 'agent', '--config', file);
  const lineOf = (name: string): RegExp => new RegExp(`^=;eth0;IPv4;${name};.*\n`, 'm');
  /** As avahi writes it: what is no letter or digit as a decimal escape. */
  const shown = (name: string): string => name.replace(/[^\w-]/g, (sign) => `\\\\0${sign.charCodeAt(0)}`);

  /** Avahi takes the address that it has first, whatever comes first in a message; service-records.test.ts has the order. */
  const placeOf = (tcpPort: number): RegExp =>
    new RegExp(`\\.local;(${machines.serialMachine.address.replaceAll('.', '\\.')}|fe80::[0-9a-f:]+);${tcpPort};`);

  it('are found as what they are, until they are not', async () => {
    const avahi = await Avahi.start(programs, machines.laptop);
    const iostream = { listen: ':3333', protocol: 'rfc2217', advertise: 'iostream' };
    const zigbee = { service: 'zigbee-coordinator', radioType: 'ezsp', text: { serial_number: '17' } };
    await write([
      iostream,
      { listen: ':3334', protocol: 'raw', advertise: { service: 'zwave', name: 'Stick' } },
      { listen: ':3335', protocol: 'raw', advertise: zigbee },
      { listen: '127.0.0.1:3336', protocol: 'raw', advertise: { service: 'zwave', name: 'Not there' } },
    ]);
    const agent = await start();

    const streams = await avahi.browse('_iostream._tcp');
    const [stream] = await streams.stdout.waitFor(lineOf(shown('dut on plant')));
    expect(stream).toMatch(placeOf(3333));
    for (const text of ['provider=sercli', 'gensiostack=telnet(rfc2217),tcp', 'devicetype=serial']) {
      expect(stream).toContain(`"${text}"`);
    }
    const coordinators = await avahi.browse('_zigbee-coordinator._tcp');
    const [coordinator] = await coordinators.stdout.waitFor(lineOf(shown('dut on plant')));
    expect(coordinator).toMatch(placeOf(3335));
    for (const text of ['radio_type=ezsp', 'serial_number=17']) expect(coordinator).toContain(`"${text}"`);
    const sticks = await avahi.browse('_zwave._tcp');
    const [stick] = await sticks.stdout.waitFor(lineOf('Stick'));
    expect(stick).toMatch(placeOf(3334));

    await write([{ ...iostream, advertise: { service: 'iostream', text: { provider: 'ser2net' } } }]);
    agent.signal('SIGHUP');
    await sticks.stdout.waitFor(/^-;eth0;IPv4;Stick;/m);
    await agent.end('SIGTERM');
    await streams.stdout.waitFor(new RegExp(`^-;eth0;IPv4;${shown('dut on plant')};`, 'm'));
    expect(sticks.stdout.text).not.toContain('Not');
  });

  it('leave a name to the one who has it', async () => {
    const avahi = await Avahi.start(programs, machines.laptop);
    await avahi.publishAs('_zwave._tcp', 'Stick', 4711);
    await write({ listen: ':3334', protocol: 'raw', advertise: { service: 'zwave', name: 'Stick' } });
    await start();
    const sticks = await avahi.browse('_zwave._tcp');
    const [other] = await sticks.stdout.waitFor(lineOf(shown('Stick (2)')));
    expect(other).toMatch(placeOf(3334));
  });
});
