import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SequenceStep } from './modem-lines.ts';
import { formatSequence, parseSequence, sequenceNamePattern } from './sequence-text.ts';

describe('the text of a line sequence', () => {
  it.each<[string, readonly SequenceStep[]]>([
    ['dtr=on', [{ dtr: true }]],
    ['dtr=off,rts=on 100ms rts=off', [{ dtr: false, rts: true, waitMs: 100 }, { rts: false }]],
    ['rts=on dtr=on 5ms', [{ rts: true }, { dtr: true, waitMs: 5 }]],
    ['250us dtr=on .5s 1ms', [{ waitMs: 0.25 }, { dtr: true, waitMs: 500 }, { waitMs: 1 }]],
    [' DTR=Off,BREAK=ON  1.5S\tbreak=off\n', [{ dtr: false, break: true, waitMs: 1500 }, { break: false }]],
  ])('%j', (text, steps) => {
    expect(parseSequence(text)).toEqual(steps);
  });

  it.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['dtr=off,rst=on 100ms', '"rst=on" at character 9 sets no line'],
    ['dtr=off  100', '"100" at character 10 sets no line and is no time'],
    ['dtr=maybe', '"dtr=maybe" at character 1 sets no line'],
    ['dtr=on,', '"" at character 8 sets no line'],
    ['rts=on,dtr=on,rts=off', '"rts=off" at character 15 sets rts a second time at once'],
    ['rts=on 61s', '"61s" at character 8 is longer than 60s'],
    ['break=on 5ms dtr=on', 'its break is never ended'],
    [Array.from({ length: 257 }, () => 'dtr=on').join(' '), 'it has 257 steps, and 256 at most'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseSequence(text)).toThrowError(
      expect.objectContaining({ code: 'bad-sequence', message: expect.stringContaining(reason) }),
    );
  });

  const microseconds = fc.integer({ min: 0, max: 60_000_000 });
  const step = fc
    .record({ dtr: fc.boolean(), rts: fc.boolean(), us: microseconds }, { requiredKeys: [] })
    .map(({ us, ...lines }): SequenceStep => ({ ...lines, ...(us === undefined ? {} : { waitMs: us / 1000 }) }));
  const steps = fc.array(step, { minLength: 1, maxLength: 20 });

  it('is written so that it does the same when it is read', () => {
    fc.assert(
      fc.property(steps, (asked) => {
        fc.pre(Object.keys(asked[0] ?? {}).length > 0);
        expect(effectOf(parseSequence(formatSequence(asked)))).toEqual(effectOf(asked));
      }),
    );
  });

  it('is written as it is read', () => {
    fc.assert(
      fc.property(steps, (asked) => {
        fc.pre(asked.some((one) => Object.keys(one).length > 0));
        const read = parseSequence(formatSequence(asked));
        expect(parseSequence(formatSequence(read))).toEqual(read);
      }),
    );
  });

  it('is refused with a code, or read, whatever it says', () => {
    const word = fc.oneof(fc.constantFrom('dtr=on', 'rts=off', 'break=on', 'break=off', '5ms', ',', '='), fc.string());
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          parseSequence(words.join(' '));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-sequence' });
        }
      }),
    );
  });

  it('is no name', () => {
    fc.assert(
      fc.property(steps, (asked) => {
        expect(sequenceNamePattern.test(formatSequence(asked))).toBe(false);
      }),
    );
    expect(['esp32-bootloader', 'rts', 'a.b_c'].every((name) => sequenceNamePattern.test(name))).toBe(true);
  });
});

/** What is set when, in microseconds: all that one can see of a sequence from outside. */
function effectOf(steps: readonly SequenceStep[]): unknown {
  const changes: unknown[] = [];
  let us = 0;
  for (const { waitMs = 0, ...lines } of steps) {
    if (Object.keys(lines).length > 0) changes.push([us, lines]);
    us += Math.round(waitMs * 1000);
  }
  return [changes, us];
}
