import { parsePortList } from '@sercli/protocol';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../program.ts';
import { commandsOf, nameOfOption, optionsOf } from './command-line.ts';
import { completeWord } from './complete-word.ts';
import type { LiveNames } from './live-names.ts';
import { isInValueTable } from './value-table.ts';

const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flowControl: 'none' };
const lines = { dtr: false, rts: false, cts: false, dsr: false, dcd: false, ri: false };
const portOf = (name: string) => ({ name, device: `/dev/${name}`, settings, lines, state: 'idle', sessions: 0 });
const agent = { name: 'SerialMachine', software: 'test', open: false };
const { ports } = parsePortList(
  JSON.stringify({
    version: 1,
    agent,
    ports: [{ ...portOf('ttyS0'), sequences: { mine: 'dtr=on 1ms dtr=off' } }, portOf('ttyUSB0')],
  }),
);
const waiting = { fingerprint: 'A'.repeat(52), name: 'anna@laptop', address: '10.0.0.1', role: 'control', since: '' };

const names: LiveNames = {
  hosts: async () => [
    { word: 'SerialMachine', does: 'found at 10.0.0.7' },
    { word: 'serialmachine', does: 'a known agent' },
    { word: '[fe80::1%eth0]:7400', does: 'a known agent' },
    { word: 'Evil\u001b[2J', does: '' },
  ],
  ports: async (host) => (['SerialMachine', '[fe80::1%eth0]:7400'].includes(host) ? ports : []),
  localAgents: async () => [{ name: 'SerialMachine', path: '/run/sercli/SerialMachine.sock' }],
  clients: async () => [
    {
      version: 1,
      agent,
      clients: [{ fingerprint: 'B'.repeat(52), name: 'bob', role: 'control', ports: ['*'] }],
      waiting: [waiting],
    } as never,
  ],
};

const complete = async (...words: string[]): Promise<readonly string[] | 'files'> => {
  const completion = await completeWord(program, words, names);
  return completion.kind === 'files' ? 'files' : completion.candidates.map(({ word }) => word);
};

describe('completeWord', () => {
  it('completes commands, those of commands, and those that help is asked for', async () => {
    expect(await complete('')).toEqual(expect.arrayContaining(['agent', 'attach', 'completion', 'help']));
    expect(await complete('')).not.toContain('complete');
    expect(await complete('agent', 'r')).toEqual(['reload']);
    expect(await complete('help', 'att')).toEqual(['attach']);
  });

  it('completes flags that are not given yet, or may be given again', async () => {
    expect(await complete('agent', '--keep')).toEqual(['--keep-open']);
    expect(await complete('agent', '--keep-open', '--keep')).toEqual([]);
    expect(await complete('agent', '--port', 'sim:echo', '--por')).toEqual(['--port']);
    expect(await complete('ser2net', '-')).toEqual(expect.arrayContaining(['-c', '-n', '--help']));
    expect(await complete('demo', '')).toEqual(['--link', '--help']);
    expect(await complete('attach', '--', '--mo')).toEqual([]);
  });

  it('completes hosts, each once, and nothing that commands a terminal', async () => {
    expect(await complete('attach', '')).toEqual(['SerialMachine/', '[fe80::1%eth0]:7400/']);
    expect(await complete('ls', 'S')).toEqual(['SerialMachine']);
    expect(await complete('who', 'S')).toEqual(['SerialMachine']);
    expect(await complete('attach', 'wss://S')).toEqual(['wss://SerialMachine/']);
  });

  it('completes ports of a host, those that are not given yet', async () => {
    expect(await complete('attach', 'SerialMachine/')).toEqual(['SerialMachine/ttyS0', 'SerialMachine/ttyUSB0']);
    expect(await complete('attach', 'SerialMachine/ttyS0', 'SerialMachine/')).toEqual(['SerialMachine/ttyUSB0']);
    expect(await complete('attach', '--link', 'x', '[fe80::1%eth0]:7400/ttyS')).toEqual(['[fe80::1%eth0]:7400/ttyS0']);
    expect(await complete('who', 'SerialMachine/ttyU')).toEqual(['SerialMachine/ttyUSB0']);
    expect(await complete('attach', 'nobody/')).toEqual([]);
    expect(await complete('break', 'SerialMachine/ttyS0', '')).toEqual(['--ms', '--take', '--json', '--help']);
  });

  it('completes sequences, those of the port first', async () => {
    expect((await complete('reset', 'SerialMachine/ttyS0', '--as', '')).slice(0, 2)).toEqual(['mine', 'dtr']);
    expect(await complete('reset', 'nobody/ttyS0', '--as', 'stm')).toEqual(['stm32', 'stm32-bootloader']);
    expect(await complete('reset', '--as=ard')).toEqual(['--as=arduino']);
  });

  it('completes what other flags take', async () => {
    expect(await complete('authorize', '--role=')).toEqual(['--role=control', '--role=monitor']);
    expect(await complete('lines', 'h/p', '--dtr', '')).toEqual(['on', 'off']);
    expect(await complete('attach', '--settings', '96')).toEqual(['9600']);
    expect(await complete('attach', '--settings', '9600,7')).toEqual(['9600,7E1', '9600,7O1', '9600,7M1', '9600,7S1']);
    expect(await complete('attach', '--settings', '9600,7E1,')).toEqual([
      ...['9600,7E1,rtscts', '9600,7E1,xonxoff', '9600,7E1,none'],
    ]);
    expect(await complete('agent', '--port', 'plc=sim:')).toEqual(['plc=sim:echo', 'plc=sim:modem']);
    expect(await complete('agent', '--port', 'sim:modem,1152')).toEqual(['sim:modem,115200']);
    expect(await complete('agent', '--port', 'plc=sim:echo', '--tcp', ':3333=')).toEqual([':3333=plc']);
    expect(await complete('agent', '--tcp', '3333=plc,r')).toEqual(['3333=plc,raw', '3333=plc,rfc2217']);
    expect(await complete('authorize', '--ports', 'ttyS0,')).toEqual(['ttyS0,ttyUSB0']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('completes fingerprints of clients: of those who wait, and of those who are in', async () => {
    const [inside, outside] = ['BBBB-BBBB-BBBB-BBBB', 'AAAA-AAAA-AAAA-AAAA'];
    expect(await complete('authorize', '')).toEqual([outside, inside]);
    expect(await complete('authorize', '--remove', '')).toEqual([inside]);
    expect(await complete('authorize', '--deny', '')).toEqual([outside]);
  });

  it('leaves paths to the shell', async () => {
    expect(await complete('import', 'x')).toBe('files');
    expect(await complete('attach', '--config', '')).toBe('files');
    expect(await complete('attach', '--config=x')).toBe('files');
    expect(await complete('console', './x')).toBe('files');
    expect(await complete('agent', '--port', '/nowhere/x')).toBe('files');
  });

  it('is told of every flag and argument what it takes', () => {
    const untold = (command: Command): string[] => [
      ...commandsOf(command)
        .filter((one) => one.name() !== 'help')
        .flatMap(untold),
      ...[
        ...optionsOf(command)
          .filter(({ required }) => required)
          .map(nameOfOption),
        ...command.registeredArguments.map((argument) => argument.name()),
      ].flatMap((name) => (isInValueTable(command, name) ? [] : [`${command.name()} ${name}`])),
    ];
    expect(untold(program)).toEqual([]);
  });
});
