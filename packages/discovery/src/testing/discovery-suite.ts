import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Advertisement, AdvertiseOptions, Advertiser, Browser, Discovery } from '../discovery.ts';
import { FoundLog } from './found-log.ts';

/** Ids that no other test on this machine has, in ascending order. */
function newIds(count: number): string[] {
  return Array.from({ length: count }, () => randomBytes(4).toString('hex')).sort();
}

function advertisementOf(agentId: string, name = `test-${agentId}`): Advertisement {
  return { name, agentId, tcpPort: 7372, wire: 1, software: 'test/1' };
}

/** What every Discovery must do on the loopback interface, as vitest tests. */
export function discoverySuite(name: string, make: () => Discovery): void {
  describe(`${name} keeps the contract of Discovery`, () => {
    const open: (Advertiser | Browser)[] = [];
    let discovery: Discovery;
    beforeEach(() => {
      discovery = make();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((it) => it.close()));
    });

    const bench: Bench = {
      async advertise(advertisement, options = {}) {
        const advertiser = await discovery.advertise(advertisement, { interfaces: 'loopback', ...options });
        open.push(advertiser);
        return advertiser;
      },
      browse(log) {
        const browser = discovery.browse({ interfaces: 'loopback', ...log.callbacks });
        open.push(browser);
        return browser;
      },
    };
    testFinding(bench);
    testNames(bench);
    testEnd(bench);
  });
}

interface Bench {
  advertise(advertisement: Advertisement, options?: Partial<AdvertiseOptions>): Promise<Advertiser>;
  browse(log: FoundLog): Browser;
}

function testFinding({ advertise, browse }: Bench): void {
  it('finds an agent that was there before, with all that it tells', async () => {
    const [agentId = ''] = newIds(1);
    const told = { ...advertisementOf(agentId), tcpPort: 4711, fingerprint: 'K7QF-2M9X-ABCD-EFGH', isOpen: true };
    await advertise(told);
    const log = new FoundLog(agentId);
    const browser = browse(log);
    await log.until(({ events }) => events.length > 0);
    const [agent] = log.events.map((event) => event.agent);
    expect(agent).toMatchObject({ ...told, interfaceName: 'lo', hostName: expect.stringMatching(/^\S+\.local$/) });
    expect(agent?.addresses[0]).toBe('127.0.0.1');
    expect(browser.agents()).toContainEqual(agent);
  });

  it('finds an agent that comes later, and what it does not tell is left out', async () => {
    const [agentId = ''] = newIds(1);
    const log = new FoundLog(agentId);
    browse(log);
    await advertise(advertisementOf(agentId));
    await log.until(({ events }) => events.length > 0);
    expect(log.events[0]?.agent).toMatchObject({ isOpen: false });
    expect(log.events[0]?.agent).not.toHaveProperty('fingerprint');
  });

  it('tells each of several agents once, however often it asks', async () => {
    const ids = newIds(3);
    for (const agentId of ids) await advertise(advertisementOf(agentId));
    const log = new FoundLog(...ids);
    const browser = browse(log);
    await log.until(({ events }) => events.length >= 3);
    browser.refresh();
    const late = new FoundLog(...ids);
    browse(late);
    await late.until(({ events }) => events.length >= 3);
    expect(log.texts.sort()).toEqual(ids.map((agentId) => `found test-${agentId}`));
  });

  it('tells when an agent comes back with another TCP port', async () => {
    const [agentId = ''] = newIds(1);
    const log = new FoundLog(agentId);
    browse(log);
    await advertise(advertisementOf(agentId));
    await log.until(({ events }) => events.length > 0);
    await advertise({ ...advertisementOf(agentId), tcpPort: 7373 });
    await log.until(({ events }) => events.some(({ kind, agent }) => kind === 'changed' && agent.tcpPort === 7373));
  });
}

function testNames({ advertise, browse }: Bench): void {
  it('gives the second and third of a name a number, and says so', async () => {
    const ids = newIds(3);
    const name = `test-${ids[0]}`;
    const renamed: string[] = [];
    const options = { renamed: (to: string) => renamed.push(to) };
    for (const agentId of ids.toReversed()) await advertise(advertisementOf(agentId, name), options);
    const log = new FoundLog(...ids);
    browse(log);
    await log.until(({ names }) => names.length >= 3);
    expect(log.names).toEqual([name, `${name}-2`, `${name}-3`]);
    expect(renamed).toEqual([`${name}-2`, `${name}-3`]);
  });

  it('lets the lower id keep a name that two take at the same moment', async () => {
    const ids = newIds(2);
    const name = `test-${ids[0]}`;
    const log = new FoundLog(...ids);
    browse(log);
    const [keeps, gives] = await Promise.all(ids.map((agentId) => advertise(advertisementOf(agentId, name))));
    await log.until(({ names }) => names.join() === `${name},${name}-2`);
    expect(log.events.filter(({ kind }) => kind === 'lost').map(({ agent }) => agent.agentId)).not.toContain(ids[0]);
    expect([keeps?.name, gives?.name]).toEqual([name, `${name}-2`]);
  });

  it('keeps its name when it meets what it said itself', async () => {
    const [agentId = ''] = newIds(1);
    const renamed: string[] = [];
    const options = { renamed: (to: string) => renamed.push(to) };
    await advertise(advertisementOf(agentId), options);
    const again = await advertise(advertisementOf(agentId.toUpperCase(), `test-${agentId}`), options);
    expect([again.name, renamed]).toEqual([`test-${agentId}`, []]);
  });

  it('makes a name of any text', async () => {
    const [agentId = ''] = newIds(1);
    const renamed: string[] = [];
    const name = `My\u0007 host/at.home:${'x'.repeat(300)}-${agentId}`;
    const advertiser = await advertise(advertisementOf(agentId, name), { renamed: (to) => renamed.push(to) });
    expect(advertiser.name).toBe(`My-host-at-home-${'x'.repeat(42)}`);
    expect(renamed).toEqual([advertiser.name]);
  });
}

function testEnd({ advertise, browse }: Bench): void {
  it('tells when an agent says goodbye', async () => {
    const [agentId = ''] = newIds(1);
    const log = new FoundLog(agentId);
    const browser = browse(log);
    const advertiser = await advertise(advertisementOf(agentId));
    await log.until(({ events }) => events.length > 0);
    await Promise.all([advertiser.close(), advertiser.close()]);
    await log.until(({ events }) => events.length > 1);
    expect(log.texts).toEqual([`found test-${agentId}`, `lost test-${agentId}`]);
    expect(browser.agents().map((agent) => agent.agentId)).not.toContain(agentId);
  });

  it('tells nothing after it was closed', async () => {
    const [agentId = ''] = newIds(1);
    const [closed, open] = [new FoundLog(agentId), new FoundLog(agentId)];
    const browser = browse(closed);
    browse(open);
    await Promise.all([browser.close(), browser.close()]);
    browser.refresh();
    await advertise(advertisementOf(agentId));
    await open.until(({ events }) => events.length > 0);
    expect(closed.events).toEqual([]);
  });
}
