import { getEventListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Advertiser, type Discovery, MemoryDiscovery } from '@sercli/discovery';
import { ControlSockets, controlSocketPath } from '@sercli/link';
import { SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLocator, tryEach } from './agent-locator.ts';

const named = (host: string) => ({ host, tcpPort: 7372, carrier: 'stream' }) as const;

describe('AgentLocator', () => {
  let discovery: MemoryDiscovery;
  const advertisers: Advertiser[] = [];
  const advertise = async (name: string, agentId: string, tcpPort = 7372): Promise<void> => {
    const advertisement = { name, agentId, tcpPort, wire: 1, software: 'test' };
    advertisers.push(await discovery.advertise(advertisement, { interfaces: 'all' }));
  };
  const locator = (isKnown = false): AgentLocator =>
    new AgentLocator({ discovery: () => discovery, isKnown: async () => isKnown });
  beforeEach(() => {
    discovery = new MemoryDiscovery();
  });
  afterEach(async () => {
    await Promise.all(advertisers.splice(0).map((advertiser) => advertiser.close()));
  });

  it('takes an IP address, localhost and a host with its TCP port as they are', async () => {
    for (const address of [named('192.168.1.7'), named('fe80::1%eth0'), named('localhost')]) {
      expect(await locator().locate(address)).toEqual([address]);
    }
    const withPort = { ...named('SerialMachine'), tcpPort: 7400 };
    expect(await locator().locate(withPort)).toEqual([withPort]);
  });

  it('goes by the socket of an agent on this machine, unless a TCP port or WebSocket is asked for', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sercli-'));
    const path = controlSocketPath(directory, 'SerialMachine');
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const local = new AgentLocator({ discovery: () => discovery, sockets: new ControlSockets([directory]) });
    for (const address of [named('localhost'), named('SerialMachine')]) {
      expect(await local.locate(address)).toEqual([{ ...address, socketPath: path }]);
    }
    for (const address of [
      named('127.0.0.1'),
      { ...named('localhost'), tcpPort: 7400 },
      { ...named('localhost'), carrier: 'websocket' } as const,
    ]) {
      expect(await local.locate(address)).toEqual([address]);
    }
    await new Promise((resolve) => server.close(resolve));
    expect(await local.locate(named('localhost'))).toEqual([named('localhost')]);
    await rm(directory, { recursive: true });
  });

  it('finds an agent by its name, however it is written, with the TCP port that it tells', async () => {
    await advertise('SerialMachine', '0a0a0a0a', 7400);
    for (const host of ['SerialMachine', 'serialmachine', 'SerialMachine.local', 'SerialMachine-0a0a0a0a']) {
      expect((await locator().locate(named(host)))[0]).toMatchObject({ tcpPort: 7400, carrier: 'stream' });
    }
  });

  it('prefers the agent where the resolver knows the name too, and else believes the resolver', async () => {
    await advertise('SerialMachine', '0a0a0a0a', 7400);
    expect((await locator(true).locate(named('SerialMachine')))[0]).toMatchObject({ tcpPort: 7400 });
    expect(await locator(true).locate(named('elsewhere'))).toEqual([named('elsewhere')]);
  });

  it('names the nearest agent, or those there are, where nobody has the name', async () => {
    await advertise('SerialMachine', '0a0a0a0a');
    await expect(locator().locate(named('SerialMachina'))).rejects.toThrow(/did you mean SerialMachine\?/);
    await expect(locator().locate(named('printer'))).rejects.toThrow(/agents that answered: SerialMachine/);
    await expect(locator().locate(named('printer'))).rejects.toMatchObject({ code: 'host-not-found' });
  });

  it('lists the choices where two agents have one name, and takes name-id, or the one that is known', async () => {
    const twins = ['0a0a0a0a', '0b0b0b0b'].map((agentId, index) => ({
      name: 'SerialMachine',
      agentId,
      wire: 1,
      software: 'test',
      isOpen: false,
      tcpPort: 7400 + index,
      fingerprint: (['AAAA', 'BBBB'][index] ?? '').concat('-').repeat(4).slice(0, -1),
      hostName: 'host.local',
      addresses: [`10.0.0.${index + 1}`],
      interfaceName: 'eth0',
    }));
    const both: Discovery = {
      advertise: () => Promise.reject(new Error('nothing is advertised here')),
      browse: () => ({ agents: () => twins, refresh: () => undefined, close: async () => undefined }),
      advertiseServices: () => ({ set: async () => undefined, close: async () => undefined }),
    };
    const twinLocator = new AgentLocator({ discovery: () => both, isKnown: async () => false });
    await expect(twinLocator.locate(named('SerialMachine'))).rejects.toMatchObject({
      code: 'agent-ambiguous',
      fields: { choices: 'SerialMachine-0a0a0a0a, SerialMachine-0b0b0b0b' },
    });
    const second = [{ host: '10.0.0.2', tcpPort: 7401, carrier: 'stream' }];
    expect(await twinLocator.locate(named('SerialMachine-0b0b0b0b'))).toEqual(second);
    const located = (pin: string | undefined) => twinLocator.locate(named('SerialMachine'), { pinOf: () => pin });
    expect(await located(`${'B'.repeat(51)}A`)).toEqual(second);
    await expect(located(`${'C'.repeat(51)}A`)).rejects.toMatchObject({ code: 'agent-ambiguous' });
    await expect(located(undefined)).rejects.toMatchObject({ code: 'agent-ambiguous' });
  });

  it('tells when an agent comes to be advertised', async () => {
    const over = new AbortController();
    let isThere = false;
    const waiting = locator()
      .advertised(named('SerialMachine'), over.signal)
      .then(() => {
        isThere = true;
      });
    await advertise('printer', '0b0b0b0b');
    expect(isThere).toBe(false);
    await advertise('SerialMachine', '0a0a0a0a');
    await waiting;
    await locator().advertised(named('nobody'), AbortSignal.timeout(10));
  });

  it('leaves no listener on a signal that goes on', async () => {
    const { signal } = new AbortController();
    await advertise('SerialMachine', '0a0a0a0a');
    await locator().locate(named('SerialMachine'), { signal });
    await locator().advertised(named('SerialMachine'), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('gives up when it is asked to', async () => {
    const giveUp = new AbortController();
    const locating = locator().locate(named('nobody'), { signal: giveUp.signal });
    giveUp.abort();
    await expect(locating).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('tryEach', () => {
  const unreachable = new SercliError('agent-unreachable', { place: 'a:1', reason: 'no route', remedy: 'none' });

  it('goes on to the next address where one cannot be reached', async () => {
    const tried: string[] = [];
    const result = await tryEach([named('a'), named('b'), named('c')], async ({ host }) => {
      tried.push(host);
      if (host === 'a') throw unreachable;
      return host;
    });
    expect(result).toBe('b');
    expect(tried).toEqual(['a', 'b']);
  });

  it('goes on where somebody else answers, and fails with that if none of them is the agent', async () => {
    const fields = { host: 'a', place: 'a', known: 'K', shown: 'S', fingerprint: 'F' };
    const stranger = new SercliError('agent-key-changed', fields);
    const attempt = (result: string | undefined) => async (place: { host: string }) => {
      if (place.host === 'a') throw stranger;
      if (result === undefined) throw unreachable;
      return result;
    };
    expect(await tryEach([named('a'), named('b')], attempt('b'))).toBe('b');
    await expect(tryEach([named('a'), named('b')], attempt(undefined))).rejects.toBe(stranger);
  });

  it('fails as the last one did, and at once where the agent answered', async () => {
    await expect(tryEach([named('a'), named('b')], async () => Promise.reject(unreachable))).rejects.toBe(unreachable);
    const busy = new SercliError('aborted', { what: 'it' });
    const tried: string[] = [];
    const trying = tryEach([named('a'), named('b')], async ({ host }) => {
      tried.push(host);
      throw busy;
    });
    await expect(trying).rejects.toBe(busy);
    expect(tried).toEqual(['a']);
  });
});
