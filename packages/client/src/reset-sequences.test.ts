import {
  defaultLineSettings,
  formatSequence,
  type ListedPort,
  parseSequence,
  sequenceNamePattern,
} from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { findSequence, sequencesAt } from './reset-sequences.ts';

const port: ListedPort = { name: 'ttyS0', device: '/dev/ttyS0', settings: defaultLineSettings, state: 'idle' };

describe('sequences by name', () => {
  it.each(sequencesAt({}).map(({ name, text }) => [name, text]))('%s can be run', (name, text) => {
    expect(name).toMatch(sequenceNamePattern);
    expect(findSequence(port, name)).toEqual(parseSequence(text));
  });

  it.each(sequencesAt({}).map(({ name, text }) => [name, text]))('%s leaves DTR off, and no break', (_name, text) => {
    const levels = Object.assign({}, ...parseSequence(text));
    expect(levels.dtr ?? false).toBe(false);
    expect(levels.break).toBeUndefined();
  });

  it('are those of the agent first, of which one may have the name of another', () => {
    const configured = { ...port, sequences: { esp32: 'dtr=on 5ms dtr=off', mychip: 'rts=on 1s rts=off' } };
    const names = sequencesAt(configured).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['esp32', 'mychip']);
    expect(names.filter((name) => name === 'esp32')).toHaveLength(1);
    expect(formatSequence(findSequence(configured, 'esp32'))).toBe('dtr=on 5ms dtr=off');
  });

  it('are told when there is none of a name', () => {
    expect(() => findSequence(port, 'esp23')).toThrow(
      expect.objectContaining({ code: 'sequence-not-found', message: expect.stringContaining('esp32-bootloader') }),
    );
  });
});
