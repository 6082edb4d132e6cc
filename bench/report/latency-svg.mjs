import { quantile } from './statistics.mjs';

const size = { width: 760, height: 400 };
const plot = { left: 70, right: 640, top: 40, bottom: 340 };
const colours = {
  article: '#b45309',
  tuned: '#2563eb',
  socat: '#6b7280',
  sercli: '#059669',
  'sercli-raw': '#059669',
  rfc2217: '#7c3aed',
  'sercli-rfc2217': '#db2777',
};
/** Where the curve ends; beyond it single samples speak. */
const lastNines = 3;
const marks = [0, 50, 90, 99, 99.9];

/**
 * Latencies of several chains by percentile, tails stretched: 99 % is as far from 90 % as 90 % from 0.
 *
 * @param curves chain -> latencies in microseconds
 */
export function latencySvg(title, curves) {
  const points = Object.entries(curves).map(([chain, latencies]) => [chain, pointsOf(latencies)]);
  const all = points.flatMap(([, ofChain]) => ofChain.map(([, latency]) => latency));
  const scale = logScale(Math.min(...all), Math.max(...all));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`,
    `<text x="${plot.left}" y="22" font-size="15">${title}</text>`,
    ...scale.marks.map((latency) => horizontal(scale.y(latency), nameOf(latency))),
    ...marks.map(vertical),
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 42}" text-anchor="middle">per cent that are at most so long</text>`,
    ...points.map(([chain, ofChain]) => curve(chain, ofChain, scale.y)),
    ...labels(points, scale.y),
    '</svg>',
    '',
  ].join('\n');
}

/** [part, latency]: as many as can be told apart. */
function pointsOf(latencies) {
  const sorted = Float64Array.from(latencies).sort();
  const nines = Math.min(lastNines, Math.log10(sorted.length));
  const steps = 120;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const part = 1 - 10 ** ((-nines * step) / steps);
    return [part, quantile(sorted, part)];
  });
}

function x(part) {
  const nines = Math.min(lastNines, -Math.log10(1 - part));
  return plot.left + (nines / lastNines) * (plot.right - plot.left);
}

/** From the power of ten below the least to the one above the most. */
function logScale(least, most) {
  const first = Math.floor(Math.log10(least));
  const last = Math.max(first + 1, Math.ceil(Math.log10(most)));
  const part = (latency) => (Math.log10(latency) - first) / (last - first);
  return {
    y: (latency) => plot.bottom - part(latency) * (plot.bottom - plot.top),
    marks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  };
}

function horizontal(y, name) {
  return `<path d="M${plot.left} ${y.toFixed(1)}H${plot.right}" stroke="#ddd"/><text x="${plot.left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${name}</text>`;
}

function vertical(percent) {
  const place = x(percent / 100).toFixed(1);
  return `<path d="M${place} ${plot.top}V${plot.bottom}" stroke="#ddd"/><text x="${place}" y="${plot.bottom + 20}" text-anchor="middle">${percent}</text>`;
}

function curve(chain, points, y) {
  const path = points.map(([part, latency]) => `${x(part).toFixed(1)} ${y(latency).toFixed(1)}`).join('L');
  return `<path d="M${path}" fill="none" stroke="${colours[chain]}" stroke-width="2"/>`;
}

/** At the ends of the curves, from the slowest down; so far apart that none covers another. */
function labels(points, y) {
  let above = Number.NEGATIVE_INFINITY;
  return points
    .map(([chain, ofChain]) => ({ chain, y: y(ofChain.at(-1)[1]) }))
    .sort((one, other) => one.y - other.y)
    .map(({ chain, y: wanted }) => {
      above = Math.max(wanted + 4, above + 16);
      return `<text x="${plot.right + 10}" y="${above.toFixed(1)}" fill="${colours[chain]}">${chain}</text>`;
    });
}

function nameOf(microseconds) {
  return microseconds < 1000 ? `${microseconds} us` : `${microseconds / 1000} ms`;
}
