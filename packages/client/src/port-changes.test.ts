import { defaultLineSettings, type ListedPort, type PortList } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { portChanges } from './port-changes.ts';

const port = (name: string, state: ListedPort['state'] = 'idle'): ListedPort => ({
  name,
  device: `/dev/${name}`,
  settings: defaultLineSettings,
  state,
});
const list = (...ports: ListedPort[]): PortList => ({
  version: 1,
  agent: { name: 'SerialMachine', software: 'test', open: false },
  ports,
});

describe('portChanges', () => {
  it('tells what came, went and is another one now', () => {
    const changes = portChanges(list(port('a'), port('b'), port('c')), list(port('a'), port('b', 'lost'), port('d')));
    expect(changes.map(({ kind, port: { name } }) => `${kind} ${name}`)).toEqual([
      'port-changed b',
      'port-added d',
      'port-removed c',
    ]);
  });

  it('tells all ports of a first list, and nothing where nothing has changed', () => {
    expect(portChanges(undefined, list(port('a'))).map(({ kind }) => kind)).toEqual(['port-added']);
    expect(portChanges(list(port('a')), list(port('a')))).toEqual([]);
    const counters = { receivedBytes: 5, sentBytes: 3, breaks: 0, framingErrors: 0, parityErrors: 0, overruns: 0 };
    expect(portChanges(list(port('a')), list({ ...port('a'), counters }))).toEqual([]);
  });
});
