import { describe, expect, it } from 'vitest';
import { parseReplay, parseSessionFlags } from './session-flags.ts';

describe('--replay', () => {
  it.each([
    ['all', { kind: 'all' }],
    ['64k', { kind: 'last', bytes: 65_536 }],
    ['1000', { kind: 'last', bytes: 1000 }],
    ['since=10m', { kind: 'since', ms: 600_000 }],
    ['since=2h', { kind: 'since', ms: 7_200_000 }],
    ['@0', { kind: 'offset', offset: 0 }],
    ['@4096/k7qf2m9x', { kind: 'offset', offset: 4096, epoch: 'k7qf2m9x' }],
  ])('%s', (text, start) => {
    expect(parseReplay(text)).toEqual(start);
  });

  it.each(['', 'none', '@', '@-1', '@1/', 'since=', 'since=10', 'since=10x', '64x', '@99999999999999999'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseReplay(text)).toThrow(expect.objectContaining({ code: 'usage', exit: 2 }));
    },
  );
});

describe('the flags of a session', () => {
  it('say what is asked for, and nothing else', () => {
    expect(parseSessionFlags({})).toEqual({});
    expect(parseSessionFlags({ monitor: true, replay: 'all' })).toEqual({ role: 'monitor', start: { kind: 'all' } });
    expect(parseSessionFlags({ take: true })).toEqual({ takes: true });
  });

  it('cannot watch and take at once', () => {
    expect(() => parseSessionFlags({ monitor: true, take: true })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
