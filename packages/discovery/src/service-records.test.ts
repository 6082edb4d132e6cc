import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAgentName } from './agent-name.ts';
import type { Advertisement } from './discovery.ts';
import {
  agentRecords,
  type DnsMessage,
  type DnsRecord,
  instanceRecords,
  knownAgents,
  lastingInstanceRecords,
  lastingRecords,
  pointerTo,
  readResponse,
} from './service-records.ts';

const advertisement: Advertisement = {
  name: 'SerialMachine',
  tcpPort: 7372,
  agentId: '0123abcd',
  wire: 1,
  software: 'sercli/0.1.0',
  fingerprint: 'K7QF-2M9X-ABCD-EFGH',
  isOpen: true,
};
const addresses = ['10.0.0.1', 'fe80::1'];

/** As it comes out of the decoder: the strings of TXT are bytes. */
function asDecoded(records: readonly DnsRecord[]): DnsMessage {
  const answers = records.map((record) =>
    Array.isArray(record.data) ? { ...record, data: record.data.map((text) => Buffer.from(text)) } : record,
  );
  return { questions: [], answers, additionals: [] };
}

function recordsOf(changed: Partial<Advertisement> = {}): DnsRecord[] {
  return [...agentRecords({ ...advertisement, ...changed }, 'vm.local'), ...lastingRecords('vm.local', addresses)];
}

/** The records of an agent, with those of one type replaced. */
function withData(type: string, data: unknown): DnsMessage {
  return asDecoded(recordsOf().map((record) => (record.type === type ? { ...record, data } : record)));
}

describe('the records of an agent', () => {
  it('are read as they were written', () => {
    const { present, left } = readResponse(asDecoded(recordsOf()));
    expect(present).toEqual([{ ...advertisement, hostName: 'vm.local', addresses }]);
    expect(left).toEqual([]);
  });

  it('are read without what need not be told', () => {
    const { fingerprint, isOpen, ...least } = advertisement;
    const { present } = readResponse(asDecoded(agentRecords(least, 'vm.local')));
    expect(present).toEqual([{ ...least, isOpen: false, hostName: 'vm.local', addresses: [] }]);
  });

  it('of several agents in one message are kept apart, whatever the case of the letters', () => {
    const shouted = recordsOf({ name: 'Other', agentId: 'FFFFFFFF' }).map((record) =>
      record.type === 'SRV' ? { ...record, name: record.name.toUpperCase().replace('OTHER', 'Other') } : record,
    );
    const { present } = readResponse(asDecoded([...recordsOf(), ...shouted]));
    expect(present.map(({ name, agentId }) => `${name} ${agentId}`)).toEqual([
      'SerialMachine 0123abcd',
      'Other ffffffff',
    ]);
  });

  it('with a ttl of 0 are a goodbye', () => {
    const { present, left } = readResponse(asDecoded(agentRecords(advertisement, 'vm.local', true)));
    expect(present).toEqual([]);
    expect(left).toEqual([{ name: 'SerialMachine', agentId: '0123abcd' }]);
    const bare = readResponse(asDecoded([pointerTo('SerialMachine', 0)]));
    expect(bare.left).toEqual([{ name: 'SerialMachine' }]);
  });

  it.each([
    ['no TXT', withData('TXT', undefined)],
    ['an empty TXT', withData('TXT', [])],
    ['no id', withData('TXT', [Buffer.from('w=1')])],
    ['an odd id', withData('TXT', ['id=../../..', 'w=1'].map(Buffer.from))],
    ['no wire version', withData('TXT', [Buffer.from('id=0123abcd')])],
    [
      'an odd wire version',
      withData(
        'TXT',
        ['id=0123abcd', 'w=1e400'].map((text) => Buffer.from(text)),
      ),
    ],
    ['TCP port 0', withData('SRV', { port: 0, target: 'vm.local' })],
    ['TCP port 70000', withData('SRV', { port: 70_000, target: 'vm.local' })],
    ['no host', withData('SRV', { port: 7372, target: '' })],
    ['a host with control characters', withData('SRV', { port: 7372, target: 'a\u001b.local' })],
    ['a name of control characters', asDecoded(recordsOf({ name: '\u0007\u001b[31m' }))],
    ['a name of 300 characters', asDecoded(recordsOf({ name: 'x'.repeat(300) }))],
    ['no name', asDecoded(recordsOf({ name: '' }))],
  ])('with %s are none', (_, message) => expect(readResponse(message)).toEqual({ present: [], left: [] }));

  it('of another wire version are told with it, and free texts without what cannot be seen', () => {
    const text = ['ID=0123ABCD', 'w=7', 'v=a\u001b[31mb\u202e', 'fp=<script>', 'w=1', 'open', 'open=1'];
    const { present } = readResponse(
      withData(
        'TXT',
        text.map((it) => Buffer.from(it)),
      ),
    );
    expect(present).toMatchObject([{ agentId: '0123abcd', wire: 7, software: 'a[31mb', isOpen: true }]);
    expect(present[0]).not.toHaveProperty('fingerprint');
  });

  it('may be anything', () => {
    const data = fc.oneof(
      fc.anything(),
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.array(fc.constantFrom('id=0123abcd', 'w=1', 'w=x', 'v=\u0000', '=', '').map((text) => Buffer.from(text))),
      fc.record({ port: fc.integer({ min: -1, max: 70_000 }), target: fc.string({ unit: 'binary' }) }),
      fc.constantFrom('x._sercli._tcp.local', '._sercli._tcp.local', '_sercli._tcp.local'),
    );
    const record = fc.record({
      name: fc.oneof(fc.constantFrom('_sercli._tcp.local', 'x._sercli._tcp.local', 'vm.local'), fc.string()),
      type: fc.constantFrom('PTR', 'SRV', 'TXT', 'A', 'AAAA', 'OPT'),
      ttl: fc.integer({ min: 0, max: 5000 }),
      data,
    });
    const message = fc.record({
      questions: fc.constant([]),
      answers: fc.array(record, { maxLength: 6 }),
      additionals: fc.array(record, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(message, (it) => {
        const { present, left } = readResponse(it);
        for (const { name } of [...present, ...left]) expect(isAgentName(name)).toBe(true);
        for (const agent of present) {
          expect(agent.tcpPort).toBeGreaterThan(0);
          expect(agent.agentId).toMatch(/^[0-9a-f]{8}$/);
        }
        knownAgents(it);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the known answers of a query', () => {
  it('are those whose time is not half over', () => {
    const answers = [pointerTo('fresh', 2250), pointerTo('stale', 2249)];
    expect([...knownAgents({ questions: [], answers, additionals: [] })]).toEqual(['fresh']);
  });
});

describe('records of other services', () => {
  const service = { name: 'dut on plant', type: '_zwave._tcp', tcpPort: 3333, text: { a: '1' } };

  it('tell name, place and text, and take them back', () => {
    const [pointer, place, text] = instanceRecords(service, 'host-1.local');
    expect(pointer).toMatchObject({ name: '_zwave._tcp.local', type: 'PTR', data: 'dut on plant._zwave._tcp.local' });
    expect(place).toMatchObject({
      name: 'dut on plant._zwave._tcp.local',
      data: { port: 3333, target: 'host-1.local' },
    });
    expect(text).toMatchObject({ type: 'TXT', data: ['a=1'] });
    expect(instanceRecords({ ...service, text: {} }, 'host-1.local')[2].data).toEqual(['']);
    expect(instanceRecords(service, 'host-1.local', true).map(({ ttl }) => ttl)).toEqual([0, 0, 0]);
  });

  it('tell IPv4 addresses first: much software takes the first one', () => {
    const records = lastingInstanceRecords(service, 'host-1.local', ['fe80::1', '10.0.0.1', '2001:db8::1', '10.0.0.2']);
    expect(records.slice(1).map(({ data }) => data)).toEqual(['10.0.0.1', '10.0.0.2', 'fe80::1', '2001:db8::1']);
  });
});
