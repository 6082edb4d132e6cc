import { expect, it } from 'vitest';
import { atMost } from './at-most.mjs';

it('runs so many at a time, and all of them', async () => {
  const ends = [];
  let running = 0;
  let most = 0;
  const functions = Array.from({ length: 5 }, () => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => ends.push(resolve));
    running -= 1;
  });
  const all = atMost(2, functions);
  for (let ended = 0; ended < 5; ended++) {
    ends[ended]();
    await new Promise(setImmediate);
  }
  await all;
  expect({ most, running, begun: ends.length }).toEqual({ most: 2, running: 0, begun: 5 });
});

it('begins nothing more after a failure, waits for what runs, and tells of it', async () => {
  const told = [];
  const functions = [
    () => Promise.reject(new Error('sercli: it broke')),
    async () => {
      await new Promise(setImmediate);
      told.push('the other ended');
    },
    async () => told.push('begun too late'),
  ];
  await expect(atMost(2, functions)).rejects.toThrow('sercli: it broke');
  expect(told).toEqual(['the other ended']);
});
