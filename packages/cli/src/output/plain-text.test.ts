import { expect, it } from 'vitest';
import { plainText } from './plain-text.ts';

it('leaves what people write, and shows what would command a terminal or hide a part', () => {
  expect(plainText('Größe 7: Серийный порт 串口')).toBe('Größe 7: Серийный порт 串口');
  expect(plainText('a\u001b[2Jb\nc\u009bd')).toBe('a?[2Jb?c?d');
  expect(plainText('run: \u202egnp.x\u2066\u200b\u2028y')).toBe('run: ?gnp.x???y');
});
