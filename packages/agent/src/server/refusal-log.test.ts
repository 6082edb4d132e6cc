import { expect, it } from 'vitest';
import { silentLogger } from '../logger.ts';
import { RefusalLog } from './refusal-log.ts';

it('tells of each address once a minute, and of 256 addresses at most', () => {
  let now = 0;
  const told: string[] = [];
  const log = new RefusalLog({ ...silentLogger, warn: (_fields, text) => void told.push(text) }, () => now);
  for (let knock = 0; knock < 1000; knock += 1) log.tell('8.8.8.8', 'it is in no private network');
  expect(told).toEqual(['refused 8.8.8.8: it is in no private network']);
  for (let host = 0; host < 1000; host += 1) log.tell(`2001:db8::${host}`, 'it is in no private network');
  expect(told).toHaveLength(256);
  now = 60_000;
  log.tell('8.8.8.8', 'there are too many connections');
  expect(told.at(-1)).toBe('refused 8.8.8.8: there are too many connections');
});
