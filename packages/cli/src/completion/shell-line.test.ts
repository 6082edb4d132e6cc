import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readShellLine, writeShellWord } from './shell-line.ts';

describe('readShellLine', () => {
  it.each([
    ['sercli attach Ser', 'Ser', ['sercli', 'attach', 'Ser'], ''],
    ['sercli attach ', '', ['sercli', 'attach', ''], ''],
    ['sercli attach host:7372/tty', '7372/tty', ['sercli', 'attach', 'host:7372/tty'], 'host:'],
    ['sercli attach [fe80::1%eth0]:73', '73', ['sercli', 'attach', '[fe80::1%eth0]:73'], '[fe80::1%eth0]:'],
    ['sercli attach \\[fe80::1\\]/tt', '1\\]/tt', ['sercli', 'attach', '[fe80::1]/tt'], '[fe80::'],
    ['sercli agent --tcp=:3333=ttyS0,r', 'ttyS0,r', ['sercli', 'agent', '--tcp=:3333=ttyS0,r'], '--tcp=:3333='],
    [`a'b:c'd`, `a'b:c'd`, ['ab:cd'], ''],
    ['"a \\" \\b" c', 'c', ['a " \\b', 'c'], ''],
    ['a\\ b', 'a\\ b', ['a b'], ''],
  ])('%s', (line, replaced, words, kept) => {
    expect(readShellLine(line, replaced)).toEqual({ words, kept, quote: '' });
  });

  it('knows the quote that it ends in, behind which bash replaces', () => {
    expect(readShellLine("sercli attach 'a b:c/", 'a b:c/')).toEqual({
      ...{ words: ['sercli', 'attach', 'a b:c/'], kept: '', quote: "'" },
    });
    expect(readShellLine('x "a:b', 'a:b')).toEqual({ words: ['x', 'a:b'], kept: '', quote: '"' });
  });
});

it('reads every word that it writes, wherever the line was broken off', () => {
  const word = fc.string({ unit: fc.constantFrom(...`abc:/=[]%$\\\\'"\`!(){}*?~#&;|<> `), minLength: 1 });
  const quotes = fc.constantFrom('', "'", '"');
  fc.assert(
    fc.property(word, fc.nat(), quotes, (text, cut, quote) => {
      const typed = text.slice(0, cut % text.length);
      const begun = `x ${quote}${writeShellWord(typed, { quote, kept: '' })}`;
      const line = readShellLine(begun, '');
      expect(line.words).toEqual(['x', typed]);
      // Bash ends a quote by itself.
      expect(readShellLine(`${begun}${writeShellWord(text, line)}${quote}`, '').words).toEqual(['x', text]);
    }),
  );
});
