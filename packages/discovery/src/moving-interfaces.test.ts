import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentAdvertiser } from './agent-advertiser.ts';
import { AgentBrowser } from './agent-browser.ts';
import type { Advertisement, Advertiser } from './discovery.ts';
import { MemoryCable, MemoryMachine } from './memory-discovery.ts';
import { FoundLog } from './testing/found-log.ts';

const left = '0000000a';
const right = '0000000b';
const interfaces = 'all' as const;

function advertisementOf(agentId: string): Advertisement {
  return { name: 'X', agentId, tcpPort: 7372, wire: 1, software: 'test' };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the time of an advertisement pass. */
async function advertise(
  machine: MemoryMachine,
  agentId: string,
  renamed?: (name: string) => void,
): Promise<Advertiser> {
  const options = renamed === undefined ? { interfaces } : { interfaces, renamed };
  const starting = AgentAdvertiser.start(machine, advertisementOf(agentId), options);
  await vi.advanceTimersByTimeAsync(310);
  return starting;
}

function browse(machine: MemoryMachine): FoundLog {
  const log = new FoundLog(left, right);
  new AgentBrowser(machine, { interfaces, ...log.callbacks });
  return log;
}

function plug(machine: MemoryMachine, cable: MemoryCable, address: string): void {
  machine.plug(cable, { interfaceName: `if-${address}`, address, isLoopback: false });
}

describe('an agent', () => {
  it('starts without any network and is found within 2 s of there being one', async () => {
    const [agent, client, cable] = [new MemoryMachine(), new MemoryMachine(), new MemoryCable()];
    plug(client, cable, '10.0.0.2');
    const log = browse(client);
    await advertise(agent, left);
    expect(log.events).toEqual([]);
    plug(agent, cable, '10.0.0.1');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log.events.map((event) => event.agent.addresses)).toEqual([['10.0.0.1']]);
  });

  it('is found on an interface that comes while it browses, and told on one that comes while it is advertised', async () => {
    const [agent, client] = [new MemoryMachine(), new MemoryMachine()];
    const [first, second] = [new MemoryCable(), new MemoryCable()];
    plug(agent, first, '10.0.1.1');
    await advertise(agent, left);
    const log = browse(client);
    await vi.advanceTimersByTimeAsync(5_000);
    plug(client, first, '10.0.1.2');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(log.texts).toEqual(['found X']);
    plug(client, second, '10.0.2.2');
    plug(agent, second, '10.0.2.1');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log.events.at(-1)?.agent.addresses).toEqual(['10.0.1.1', '10.0.2.1']);
    client.unplug('10.0.1.2');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log.events.at(-1)?.agent.addresses).toEqual(['10.0.2.1', '10.0.1.1']);
    expect(log.events.filter(({ kind }) => kind === 'lost')).toEqual([]);
  });
});

describe('two agents of one name whose networks are joined', () => {
  it('leave it to the one that was there, whatever the ids', async () => {
    const [there, comes, client, cable] = [
      new MemoryMachine(),
      new MemoryMachine(),
      new MemoryMachine(),
      new MemoryCable(),
    ];
    plug(there, cable, '10.0.0.1');
    plug(client, cable, '10.0.0.3');
    const log = browse(client);
    const renamed: string[] = [];
    const stays = await advertise(there, right);
    const gives = await advertise(comes, left, (name) => renamed.push(name));
    expect([stays.name, gives.name]).toEqual(['X', 'X']);
    plug(comes, cable, '10.0.0.2');
    await vi.advanceTimersByTimeAsync(2_000);
    expect([stays.name, gives.name, renamed]).toEqual(['X', 'X-2', ['X-2']]);
    expect(log.texts).toEqual(['found X', 'found X-2']);
  });

  it('say goodbye to the old name where nobody else has it', async () => {
    const [there, comes, client] = [new MemoryMachine(), new MemoryMachine(), new MemoryMachine()];
    const [joined, own] = [new MemoryCable(), new MemoryCable()];
    plug(there, joined, '10.0.0.1');
    plug(comes, own, '10.0.1.2');
    plug(client, own, '10.0.1.3');
    const log = browse(client);
    await advertise(there, left);
    await advertise(comes, right);
    plug(comes, joined, '10.0.0.2');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(log.texts).toEqual(['found X', 'lost X', 'found X-2']);
  });
});

it('twenty agents that start with one name at once end with different ones', async () => {
  const cable = new MemoryCable();
  const starting = Array.from({ length: 20 }, (_, index) => {
    const machine = new MemoryMachine();
    plug(machine, cable, `10.0.0.${index + 1}`);
    return AgentAdvertiser.start(machine, advertisementOf(String(index).padStart(8, '0')), { interfaces });
  });
  await vi.advanceTimersByTimeAsync(20 * 310);
  const names = (await Promise.all(starting)).map(({ name }) => name);
  expect(names).toEqual(Array.from({ length: 20 }, (_, index) => (index === 0 ? 'X' : `X-${index + 1}`)));
});
