import { expect, it } from 'vitest';
import { flameGraphSvg, ownTimes } from './flame-graph.mjs';

const frame = (functionName, url = '/bundle/main.cjs') => ({ functionName, url });
const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 3, 6, 8] },
    { id: 2, callFrame: frame('(idle)', '') },
    { id: 3, callFrame: frame('onRead', 'node:net'), children: [4, 5] },
    { id: 4, callFrame: frame('receive') },
    { id: 5, callFrame: frame('', '') },
    { id: 6, callFrame: frame('onRead', 'node:net'), children: [7] },
    { id: 7, callFrame: frame('receive<T>') },
    { id: 8, callFrame: frame('post', 'node:inspector') },
  ],
  samples: [2, 4, 5, 7, 8],
  timeDeltas: [5000, 1000, 2000, 1000, 7000],
};

it('counts what runs, and neither waiting nor the profiler', () => {
  expect(ownTimes(profile)).toEqual([
    ['(native)', 0.5],
    ['receive', 0.25],
    ['receive<T>', 0.25],
    ['all', 0],
    ['onRead', 0],
  ]);
});

it('draws each call as wide as its part, on the one that called it', () => {
  const svg = flameGraphSvg('a & b', profile);
  expect(svg).toContain('a &amp; b: 4 ms of processor time');
  const widths = [...svg.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"[^>]*><title>([^<]+): /g)];
  expect(widths.map(([, x, y, wide, name]) => [name, Number(x), Number(y), Number(wide)])).toEqual([
    ['all', 0, 30, 1200],
    ['onRead', 0, 47, 1200],
    ['(native)', 0, 64, 600],
    ['receive', 600, 64, 300],
    ['receive&lt;T&gt;', 900, 64, 300],
  ]);
});
