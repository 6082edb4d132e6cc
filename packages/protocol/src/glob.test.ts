import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

it.each([
  ['ttyS*', 'ttyS0', true],
  ['ttyS*', 'ttyS', true],
  ['ttyS?', 'ttyS', false],
  ['ttyS?', 'ttyS10', false],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['*0', 'ttyS00', true],
  ['a*b*c', 'aXbbYcc', true],
  ['a.c', 'abc', false],
  ['/dev/*', '/dev/ttyS0', true],
  ['/*', '/dev/ttyS0', false],
  ['/*/tty*', '/dev/ttyS0', true],
  ['/d?v?ttyS0', '/dev/ttyS0', false],
])('"%s" and "%s": %s', (glob, name, fits) => {
  expect(matchesGlob(glob, name)).toBe(fits);
});

it('says what a regular expression says', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (glob, drawn) => {
      const name = drawn.replace(/[*?]/g, 'c');
      const pattern = glob.replaceAll('?', '[^/]').replace(/\*/g, '[^/]*');
      expect(matchesGlob(glob, name)).toBe(new RegExp(`^${pattern}$`).test(name));
    }),
    { numRuns: 2000 },
  );
});

it('takes no long time over many stars', () => {
  expect(matchesGlob(`${'*a'.repeat(30)}b`, 'a'.repeat(64))).toBe(false);
});
