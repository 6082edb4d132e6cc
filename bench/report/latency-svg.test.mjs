import { expect, it } from 'vitest';
import { latencySvg } from './latency-svg.mjs';

it('draws a curve for each chain, inside the picture, with a label each', () => {
  const latencies = Array.from({ length: 2000 }, (_, index) => 100 + index);
  const svg = latencySvg('1 byte', { article: latencies.map((one) => one * 20), sercli: latencies });
  const curves = [...svg.matchAll(/<path d="M([^"]+)" fill="none"/g)].map(([, path]) => path.split('L'));
  expect(curves).toHaveLength(2);
  for (const [x, y] of curves.flat().map((point) => point.split(' ').map(Number))) {
    expect(x).toBeGreaterThanOrEqual(70);
    expect(x).toBeLessThanOrEqual(640);
    expect(y).toBeGreaterThanOrEqual(40);
    expect(y).toBeLessThanOrEqual(340);
  }
  expect(svg).toContain('>article</text>');
  expect(svg).toContain('>sercli</text>');
  expect(svg).toContain('>1 ms</text>');
});
