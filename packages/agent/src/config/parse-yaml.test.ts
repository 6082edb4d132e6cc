import { reasonOf } from '@sercli/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';

const file = 'sercli.yaml';

function refusal(text: string): string {
  try {
    return JSON.stringify(parseConfig(text, file));
  } catch (error) {
    return reasonOf(error);
  }
}

describe('a hostile file', () => {
  it('does not grow by its aliases', () => {
    const letters = 'abcdefghij';
    const bombs = [...letters].slice(1).map((letter, index) => {
      const before = `*${letters[index]}`;
      return `${letter}: &${letter} [${Array(9).fill(before).join(', ')}]`;
    });
    expect(refusal(['a: &a [x]', ...bombs].join('\n'))).toContain('Excessive alias count');
  });

  it('may not hold itself', () => {
    expect(refusal('ports: &a { b: *a }')).toContain('ports.b.b is not a key');
  });

  it.each(['[', '- ', '{ a: ', '? '])('is not followed to any depth: %s', (opening) => {
    expect(refusal(opening.repeat(20_000))).toContain('the file is nested too deeply');
  });

  it('is read, or refused with bad-config', () => {
    const words = fc.constantFrom(
      'ports',
      'a',
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '[',
      '{',
      '}',
      ']',
      ',',
      '*a',
      '&a',
      '!t',
      '|',
      '"',
      '/dev/a',
      '1',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 30 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseConfig(text, file).file).toBe(file);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-config' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
