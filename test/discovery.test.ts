import { createNetworkChain, type NetworkChain, requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { advertisementOf, DiscoveryPrograms } from './support/discovery-programs.ts';

const one = '1111aaaa';
const two = '2222bbbb';

requires({ root: true, networkNamespaces: true, programs: ['ip', 'tcpdump'] })('discovery between machines', () => {
  const programs = new DiscoveryPrograms();
  let network: NetworkChain;
  beforeAll(async () => {
    network = await createNetworkChain();
  });
  afterEach(async () => {
    await programs.end();
    await network.middle.setLink('up');
  });
  afterAll(() => network.close());

  describe('an agent', () => {
    it('on two networks is found in each at its address there, and by its own machine', async () => {
      const { left, middle, right } = network;
      const agent = await programs.advertise(middle, '::', advertisementOf(one));
      await agent.next('advertised');
      const addressOf = { left: middle.addresses[0], right: middle.addresses[1] };
      for (const side of ['left', 'right'] as const) {
        const browser = await programs.browse({ left, right }[side]);
        const tookMs = await browser.findAll(1);
        const found = browser.events.find(({ event }) => event === 'found')?.agent;
        expect(found).toMatchObject({ ...advertisementOf(one), interfaceName: 'eth0' });
        expect(found?.addresses[0]).toBe(addressOf[side]);
        expect(found?.addresses).not.toContain(addressOf[side === 'left' ? 'right' : 'left']);
        console.log(`found from the ${side} after ${tookMs} ms`);
      }
      const itself = await programs.browse(middle);
      await itself.findAll(1);
    });

    it('that ends is lost at once, one that is killed is not', async () => {
      const { left, middle } = network;
      const browser = await programs.browse(left);
      const [ends, killed] = [
        await programs.advertise(middle, 'all', advertisementOf(one)),
        await programs.advertise(middle, 'all', advertisementOf(two)),
      ];
      await browser.findAll(2);
      await killed.child.end('SIGKILL');
      const { at: closedAt } = await ends.close();
      const { at: lostAt, agent } = await browser.next('lost');
      expect(agent?.agentId).toBe(one);
      console.log(`lost ${lostAt - closedAt} ms after the end`);
      expect(lostAt - closedAt).toBeLessThan(10 * 1_000);
      // Started again it finds its name free, and what is left of it does not confuse the browser.
      const again = await programs.advertise(middle, 'all', { ...advertisementOf(two), tcpPort: 7373 });
      await again.next('advertised', `agent-${two}`);
      expect((await browser.next('changed')).agent).toMatchObject({ agentId: two, tcpPort: 7373 });
      expect(browser.events.filter(({ event }) => event === 'lost')).toHaveLength(1);
    });

    it('that started before the network is found as soon as there is one', async () => {
      const { left, middle } = network;
      await middle.setLink('down');
      const agent = await programs.advertise(middle, 'all', advertisementOf(one));
      await agent.next('advertised');
      const browser = await programs.browse(left);
      await browser.next('started');
      await middle.setLink('up');
      const upAt = Date.now();
      const { at } = await browser.next('found');
      console.log(`found ${at - upAt} ms after the network came`);
      expect(at - upAt).toBeLessThan(10 * 2_000);
    });

    it('survives that its network goes, and is found again when it is back', async () => {
      const { left, middle } = network;
      const agent = await programs.advertise(middle, 'eth0', advertisementOf(one));
      await agent.next('advertised');
      await middle.setLink('down');
      await agent.next('failed');
      const browser = await programs.browse(left, 'eth0');
      await browser.next('failed');
      await middle.setLink('up');
      const upAt = Date.now();
      const { at } = await browser.next('found');
      console.log(`found ${at - upAt} ms after the network came back`);
      expect(at - upAt).toBeLessThan(10 * 3_000);
      // Whether sending failed before the interface was seen to be gone is chance; neither is told every second.
      const told = agent.events.filter(({ event }) => event === 'failed').map(({ message }) => message);
      expect(new Set(told).size).toBe(told.length);
    });

    it('sends nothing where it does not listen', async () => {
      const { left, middle, right } = network;
      const listening = await programs.run(right, 'tcpdump', '-i', 'eth0', '-n', '-l', 'udp', 'port', '5353');
      await listening.stderr.waitFor(/listening on eth0/);
      const agent = await programs.advertise(middle, middle.address, advertisementOf(one));
      await agent.next('advertised');
      const browser = await programs.browse(left);
      await browser.findAll(1);
      const other = await programs.browse(middle, 'eth0');
      await other.findAll(1);
      await agent.close();
      await browser.next('lost');
      listening.signal('SIGINT');
      await listening.exited;
      expect(listening.stdout.text.trim()).toBe('');
      expect(listening.stderr.text).toMatch(/^0 packets captured/m);
    });
  });

  describe('two agents of one name', () => {
    it('that start at the same moment end with different ones', async () => {
      const { left, middle } = network;
      const browser = await programs.browse(left);
      await browser.next('started');
      const agents = [
        await programs.advertise(left, 'all', advertisementOf(one, 'SerialMachine')),
        await programs.advertise(middle, 'all', advertisementOf(two, 'SerialMachine')),
      ];
      await browser.next('found', 'SerialMachine-2');
      const names = [...agents.flatMap(({ events }) => events.map(({ event, name }) => `${event} ${name}`))];
      expect(names.filter((text) => text === 'renamed SerialMachine-2')).toHaveLength(1);
    });

    it('on networks that were joined later end with different ones', async () => {
      const { left, middle } = network;
      await middle.setLink('down');
      const first = await programs.advertise(left, 'all', advertisementOf(two, 'SerialMachine'));
      const second = await programs.advertise(middle, 'all', advertisementOf(one, 'SerialMachine'));
      await first.next('advertised', 'SerialMachine');
      await second.next('advertised', 'SerialMachine');
      await middle.setLink('up');
      const renamed = await Promise.race([first.next('renamed'), second.next('renamed')]);
      expect(renamed.name).toBe('SerialMachine-2');
    });
  });

  it('finds 200 agents of one machine in 3 s', async () => {
    const { left, middle } = network;
    const ids = Array.from({ length: 200 }, (_, index) => index.toString(16).padStart(8, '0'));
    const starting = [0, 50, 100, 150].map((first) =>
      programs.advertise(middle, 'all', ...ids.slice(first, first + 50).map((agentId) => advertisementOf(agentId))),
    );
    const agents = await Promise.all(starting);
    for (const agent of agents) await agent.next('started');
    for (const machine of [left, middle]) {
      const browser = await programs.browse(machine);
      const tookMs = await browser.findAll(200);
      console.log(`found 200 agents after ${tookMs} ms, on ${machine === middle ? 'their own' : 'another'} machine`);
      expect(tookMs).toBeLessThan(10 * 3_000);
      await browser.close();
    }
  });

  it('names an interface without an IPv4 address, once, and uses it when it has one', async () => {
    const { left, middle } = network;
    await left.execute('ip', ['-4', 'address', 'flush', 'dev', 'eth0']);
    const browser = await programs.browse(left);
    const { message } = await browser.next('failed');
    expect(message).toMatch(/eth0: .*IPv4/);
    const agent = await programs.advertise(middle, 'all', advertisementOf(one));
    await agent.next('advertised');
    await left.execute('ip', ['address', 'add', `${left.address}/24`, 'dev', 'eth0']);
    expect((await browser.next('found')).agent?.addresses[0]).toBe(middle.address);
    expect(browser.events.filter(({ event }) => event === 'failed')).toHaveLength(1);
  });

  it('says that another program keeps the UDP port, and goes on when it is free', async () => {
    const { left, middle } = network;
    const keepPort = `require('node:dgram').createSocket('udp4').bind(5353, () => console.log('bound'))`;
    const other = await programs.run(left, process.execPath, '-e', keepPort);
    await other.stdout.waitFor(/bound/);
    const agent = await programs.advertise(left, 'all', advertisementOf(one));
    const { message } = await agent.next('failed');
    expect(message).toMatch(/EADDRINUSE/);
    const browser = await programs.browse(middle);
    await browser.next('started');
    await other.end();
    await browser.next('found');
    // One for each of lo and eth0.
    expect(agent.events.filter(({ event }) => event === 'failed')).toHaveLength(2);
  });

  it('says that nothing can be sent, and goes on when it can', async () => {
    const { left, middle } = network;
    const policy = ['dst', '224.0.0.251/32', 'dir', 'out'];
    await left.execute('ip', ['xfrm', 'policy', 'add', ...policy, 'action', 'block']);
    const agent = await programs.advertise(left, 'eth0', advertisementOf(one));
    const { message } = await agent.next('failed');
    expect(message).toMatch(/EPERM/);
    await agent.next('advertised');
    expect(agent.events.filter(({ event }) => event === 'failed')).toHaveLength(1);
    await left.execute('ip', ['xfrm', 'policy', 'delete', ...policy]);
    const browser = await programs.browse(middle);
    await browser.next('found');
  });
});
