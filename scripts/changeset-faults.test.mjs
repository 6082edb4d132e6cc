import { expect, it } from 'vitest';
import { changesetFaults } from './changeset-faults.mjs';

it('asks who raises a library to raise the program too', () => {
  const text = '---\n"@sercli/link": patch\n\'@sercli/tty\': minor\n---\n\nFaster.\n';
  expect(changesetFaults({ 'kind-cats-run.md': text })).toEqual([
    'kind-cats-run.md: it raises @sercli/link, @sercli/tty, and so it must raise sercli, which is bundled from them',
  ]);
});

it.each([
  ['both', '---\n"@sercli/link": patch\n"sercli": patch\n---\n\nFaster.\n'],
  ['the program alone', '---\nsercli: minor\n---\n\nA new command.\n'],
  ['nothing', '---\n---\n'],
])('accepts one that raises %s', (_, text) => {
  expect(changesetFaults({ 'a.md': text })).toEqual([]);
});
