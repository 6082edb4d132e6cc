import { noModemLines } from '@sercli/protocol';
import { expect, it } from 'vitest';
import { formatChange, formatLines } from './line-report.ts';

it('shows outputs, then inputs', () => {
  expect(formatLines({ ...noModemLines, dtr: true, dcd: true })).toBe(
    'DTR on  RTS off  CTS off  DSR off  DCD on  RI off',
  );
});

it('shows when a line changed, to the millisecond', () => {
  expect(formatChange(new Date(2026, 10, 22, 9, 4, 7, 12), 'ri', true)).toBe('09:04:07.012  RI on');
});
