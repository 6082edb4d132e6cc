import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.ts';

describe('a number of bytes', () => {
  it.each([
    ['0', 0],
    ['65536', 65_536],
    ['64k', 65_536],
    ['64K', 65_536],
    ['64KiB', 65_536],
    ['64 kib', 65_536],
    ['4MiB', 4_194_304],
    ['4m', 4_194_304],
    ['2G', 2_147_483_648],
  ])('is read from %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each([
    '',
    'k',
    '-1',
    '1.5M',
    '4MB',
    '4kb',
    '4ki',
    '4b',
    '1e3',
    '0x10',
    '1_000',
    '4 M iB',
    ' 4',
    '9007199254740993',
  ])('is not %j', (text) => {
    expect(() => parseByteSize(text)).toThrow(
      `"${text}" is no number of bytes; write a whole number, alone or with KiB, MiB or GiB behind it`,
    );
  });

  it('is written in the largest unit that divides it', () => {
    expect([0, 1000, 65_536, 4_194_304, 1_073_741_824].map(formatByteSize)).toEqual([
      '0',
      '1000',
      '64KiB',
      '4MiB',
      '1GiB',
    ]);
  });

  it('is read back as it was written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseByteSize(formatByteSize(bytes)) === bytes));
    const unit = fc.constantFrom('', 'k', 'KiB', 'M', 'MiB', 'G', 'GiB');
    fc.assert(
      fc.property(fc.nat(8_000), unit, (count, name) => {
        const bytes = parseByteSize(`${count}${name}`);
        return parseByteSize(formatByteSize(bytes)) === bytes;
      }),
    );
  });
});
