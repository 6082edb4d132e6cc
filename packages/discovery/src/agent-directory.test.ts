import { describe, expect, it } from 'vitest';
import { AgentDirectory } from './agent-directory.ts';
import type { HeardAgent } from './service-records.ts';
import type { Station } from './station.ts';
import { FoundLog } from './testing/found-log.ts';

function stationAt(interfaceName: string, address: string): Station {
  const isLoopback = interfaceName === 'lo';
  const local = { interfaceName, address, family: 'IPv4', prefixLength: 24, isLoopback, advertised: [] } as const;
  return {
    local,
    browse: () => undefined,
    probe: () => undefined,
    publish: () => undefined,
    withdraw: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

const eth0 = stationAt('eth0', '10.0.0.9');
const eth1 = stationAt('eth1', '10.0.1.9');
const lo = stationAt('lo', '127.0.0.1');

function agent(name: string, agentId: string, addresses: readonly string[] = []): HeardAgent {
  return { name, agentId, addresses, tcpPort: 7372, hostName: 'vm.local', wire: 1, software: 'x', isOpen: false };
}

function setUp(): { directory: AgentDirectory; log: FoundLog; addresses: () => string } {
  const log = new FoundLog('aaaaaaaa', 'bbbbbbbb');
  const directory = new AgentDirectory({ changed: () => undefined, ...log.callbacks });
  return { directory, log, addresses: () => directory.agents()[0]?.addresses.join(' ') ?? '' };
}

describe('the addresses of a found agent', () => {
  it('begin with those it answered from, and leave out what means nothing here', () => {
    const { directory, log, addresses } = setUp();
    const advertised = ['10.0.0.1', 'fd00::1', 'fe80::1', '127.0.0.1', '::1', '0.0.0.0', '::', '224.0.0.1', 'x', '1.2'];
    directory.hear(agent('A', 'aaaaaaaa', advertised), eth0, '10.0.0.1', 0);
    expect(addresses()).toBe('10.0.0.1 fd00::1 fe80::1%eth0');
    directory.hear(agent('A', 'aaaaaaaa', ['10.0.1.1']), eth1, '10.0.1.1', 1);
    expect(addresses()).toBe('10.0.0.1 10.0.1.1 fd00::1 fe80::1%eth0');
    directory.hear(agent('A', 'aaaaaaaa', ['127.0.0.1', '::1', 'fe80::1']), lo, '127.0.0.1', 1);
    expect(addresses()).toBe('10.0.0.1 10.0.1.1 127.0.0.1 fd00::1 fe80::1%eth0 ::1');
    expect(log.texts).toEqual(['found A', 'changed A', 'changed A']);
  });

  it('stay as they are while it answers from several of one network, and when it tells none', () => {
    const { directory, log, addresses } = setUp();
    const advertised = ['192.168.7.1', '10.0.0.1', '10.0.0.2'];
    for (const source of ['10.0.0.1', '10.0.0.2', '192.168.7.1', '10.0.0.1'])
      directory.hear(agent('A', 'aaaaaaaa', advertised), eth0, source, 0);
    directory.hear(agent('A', 'aaaaaaaa'), eth0, '10.0.0.1', 0);
    expect(addresses()).toBe('10.0.0.1 192.168.7.1 10.0.0.2');
    expect(log.texts).toEqual(['found A']);
  });

  it('prefer our own network, and follow the agent to another address', () => {
    const { directory, addresses } = setUp();
    directory.hear(agent('A', 'aaaaaaaa', ['192.168.7.1', '10.0.0.1']), eth0, '192.168.7.1', 0);
    directory.hear(agent('A', 'aaaaaaaa', ['192.168.7.1', '10.0.0.1']), eth0, '10.0.0.1', 0);
    expect(addresses()).toBe('10.0.0.1 192.168.7.1');
    directory.hear(agent('A', 'aaaaaaaa', ['10.0.0.5']), eth0, '10.0.0.5', 0);
    expect(addresses()).toBe('10.0.0.5');
  });

  it('heard on an interface that is gone come last, until there are others', () => {
    const { directory, addresses } = setUp();
    directory.hear(agent('A', 'aaaaaaaa'), eth0, '10.0.0.1', 0);
    directory.closed(eth0);
    expect(addresses()).toBe('10.0.0.1');
    directory.hear(agent('A', 'aaaaaaaa'), eth1, '10.0.1.1', 0);
    expect(addresses()).toBe('10.0.1.1');
  });
});

describe('names', () => {
  it('that two agents told are both kept, and go with the agent that says goodbye', () => {
    const { directory, log } = setUp();
    directory.hear(agent('X', 'aaaaaaaa'), eth0, '10.0.0.1', 0);
    directory.hear(agent('x', 'bbbbbbbb'), eth0, '10.0.0.2', 0);
    expect(log.names).toEqual(['X', 'x']);
    directory.leave({ name: 'X', agentId: 'bbbbbbbb' }, 0);
    directory.leave({ name: 'X', agentId: 'cccccccc' }, 0);
    expect(directory.agents().map(({ agentId }) => agentId)).toEqual(['aaaaaaaa']);
    directory.leave({ name: 'X' }, 0);
    expect(directory.agents()).toEqual([]);
  });

  it('that an agent gave up for another agent are forgotten, in whatever order it is heard', () => {
    const heard = [agent('X', 'aaaaaaaa'), agent('X', 'bbbbbbbb'), agent('X-2', 'bbbbbbbb')];
    for (const order of [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const { directory, log } = setUp();
      for (const index of order) directory.hear(heard[index] as HeardAgent, eth0, '10.0.0.1', 0);
      expect(log.names, order.join()).toEqual(['X', 'X-2']);
    }
  });

  it('that three disputed are sorted out in the end', () => {
    const { directory } = setUp();
    const told = ['X a', 'X b', 'X c', 'X-2 b', 'X-2 c', 'X-3 c'].map((text) => text.split(' '));
    for (const [name = '', digit = ''] of told) directory.hear(agent(name, digit.repeat(8)), eth0, '10.0.0.1', 0);
    expect(directory.agents().map(({ name, agentId }) => `${name} ${agentId[0]}`)).toEqual(['X a', 'X-2 b', 'X-3 c']);
  });

  it('of one id, as copies of a machine have them, are all kept', () => {
    const { directory, log } = setUp();
    for (const name of ['X', 'Y', 'X', 'Y']) directory.hear(agent(name, 'aaaaaaaa'), eth0, '10.0.0.1', 0);
    expect(log.texts).toEqual(['found X', 'found Y']);
  });
});

it('a goodbye is not undone by what was said before it', () => {
  const { directory, log } = setUp();
  directory.hear(agent('X', 'aaaaaaaa'), eth0, '10.0.0.1', 0);
  directory.leave({ name: 'X', agentId: 'aaaaaaaa' }, 10);
  directory.hear(agent('X', 'aaaaaaaa'), eth1, '10.0.1.1', 11);
  expect(log.texts).toEqual(['found X', 'lost X']);
  directory.hear(agent('X', 'aaaaaaaa'), eth0, '10.0.0.1', 260);
  expect(log.texts).toEqual(['found X', 'lost X', 'found X']);
});

it('agents need not answer again for a minute', () => {
  const { directory } = setUp();
  directory.hear(agent('A', 'aaaaaaaa'), eth0, '10.0.0.1', 1_000);
  expect([directory.known(60_999), directory.known(61_000)]).toEqual([['A'], []]);
});

it('agents without number are not kept', () => {
  const { directory } = setUp();
  for (let index = 0; index < 5_000; index += 1) directory.hear(agent(`A${index}`, 'aaaaaaaa'), eth0, '10.0.0.1', 0);
  expect(directory.agents()).toHaveLength(4096);
});
