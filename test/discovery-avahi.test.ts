import { createNetworkPair, type NetworkPair, requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Avahi } from './support/avahi.ts';
import { advertisementOf, DiscoveryPrograms } from './support/discovery-programs.ts';

const near = '1111aaaa';
const far = '2222bbbb';

requires({
  root: true,
  networkNamespaces: true,
  programs: ['ip', 'avahi-daemon', 'avahi-browse', 'avahi-publish', 'dbus-daemon'],
})('discovery beside avahi-daemon', () => {
  const programs = new DiscoveryPrograms();
  let network: NetworkPair;
  beforeAll(async () => {
    network = await createNetworkPair();
  });
  afterEach(() => programs.end());
  afterAll(() => network.close());

  it('is read by avahi-browse, on the same machine and from another, until the goodbye', async () => {
    const { left, right } = network;
    const avahi = await Avahi.start(programs, left);
    const agents = [
      await programs.advertise(left, 'eth0', advertisementOf(near, 'Near')),
      await programs.advertise(right, 'all', { ...advertisementOf(far, 'Far'), tcpPort: 4711 }),
    ];
    for (const agent of agents) await agent.next('advertised');
    const browse = await avahi.browse();
    await browse.stdout.waitFor(/^=;eth0;IPv4;(Near|Far);.*\n(.*\n)*?=;eth0;IPv4;(Near|Far);.*\n/m);
    const line = (name: string) => new RegExp(`^=;eth0;IPv4;${name};.*$`, 'm').exec(browse.stdout.text)?.[0];
    expect(line('Far')).toContain(`.local;${right.address};4711;`);
    for (const text of ['"w=1"', `"id=${far}"`, '"v=test/1"']) expect(line('Far')).toContain(text);
    expect(line('Near')).toContain(`.local;${left.address};7372;`);
    for (const agent of agents) await agent.close();
    await browse.stdout.waitFor(/^-;eth0;IPv4;(Near|Far);.*\n(.*\n)*?-;eth0;IPv4;(Near|Far);.*\n/m);
  });

  it('finds what avahi tells', async () => {
    const { left, right } = network;
    const avahi = await Avahi.start(programs, left);
    await avahi.publish('SerialMachine', 4711, `id=${near}`, 'w=1', 'v=other/1');
    for (const machine of [left, right]) {
      const browser = await programs.browse(machine, 'eth0');
      const { agent } = await browser.next('found');
      expect(agent).toMatchObject({ name: 'SerialMachine', agentId: near, tcpPort: 4711, software: 'other/1' });
      expect(agent?.addresses[0]).toBe(left.address);
    }
  });

  it('keeps its name when avahi wants it', async () => {
    const { left, right } = network;
    const avahi = await Avahi.start(programs, left);
    const agent = await programs.advertise(right, 'all', advertisementOf(far, 'SerialMachine'));
    await agent.next('advertised');
    expect(await avahi.publish('SerialMachine', 4711, `id=${near}`, 'w=1')).toBe('SerialMachine #2');
    expect(agent.events.map(({ event }) => event)).not.toContain('renamed');
  });
});
