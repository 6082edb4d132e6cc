import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const newSpace = fileURLToPath(new URL('../bin/new-space.cjs', import.meta.url));

/** Makes objects that live for some collections, and prints how large V8's new space was at most, in MB. */
function largestNewSpace(before: string): number {
  const script = `
    const { keepNewSpaceSmall, underUsualFlags } = require(${JSON.stringify(newSpace)});
    const { getHeapSpaceStatistics } = require('node:v8');
    ${before}
    let kept = [];
    let largest = 0;
    for (let count = 0; count < 2e6; count++) {
      kept.push({ count, list: [count] });
      if (kept.length > 2e5) kept = kept.slice(1e5);
      if (count % 1e4 > 0) continue;
      const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
      largest = Math.max(largest, space_size / 1024 / 1024);
    }
    console.log(largest);`;
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

it('stays small, also after more was loaded under the usual flags', () => {
  expect(largestNewSpace('')).toBeGreaterThan(8);
  expect(largestNewSpace('keepNewSpaceSmall();')).toBeLessThanOrEqual(4);
  expect(largestNewSpace(`keepNewSpaceSmall(); underUsualFlags(() => require('node:https'));`)).toBeLessThanOrEqual(4);
});
