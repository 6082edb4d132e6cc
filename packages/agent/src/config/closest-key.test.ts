import { expect, it } from 'vitest';
import { closestKey } from './closest-key.ts';

const known = ['device', 'match', 'settings', 'keepOpen', 'lingerMs', 'dtr'];

it.each([
  ['settngs', 'settings'],
  ['Settings', 'settings'],
  ['keep_open', 'keepOpen'],
  ['linger', 'lingerMs'],
  ['dts', 'dtr'],
  ['speed', undefined],
  ['', undefined],
])('%j: %s', (key, meant) => {
  expect(closestKey(key, known)).toBe(meant);
});
