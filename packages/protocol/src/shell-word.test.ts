import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it('leaves plain words as they are, and quotes what a shell would read as something else', () => {
  expect(shellWord('/home/anna/.local/state/sercli')).toBe('/home/anna/.local/state/sercli');
  expect(shellWord('SerialMachine:7400')).toBe('SerialMachine:7400');
  expect(shellWord('[fe80::1%eth0]')).toBe("'[fe80::1%eth0]'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(shellWord('')).toBe("''");
});

it('is one word for a shell, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const word = shellWord(text);
      // What a POSIX shell makes of single quotes and of escaped ones between them (POSIX.1-2017 XCU 2.2).
      const read = word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
      expect(read).toBe(text);
      if (!word.startsWith("'")) expect(word).not.toMatch(/[\s*?[\]$`"\\;&|<>(){}!#~'=]/);
    }),
  );
});
