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
  });
});
