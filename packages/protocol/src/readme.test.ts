import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLineSettings, parsePortAddress } from './index.ts';

const folder = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
}

/** Runs it as a reader would, with the package as it was built. */
function run(program: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
}

describe('README.md', () => {
  it('has examples that run and print what it says', () => {
    const [example = '', ...snippets] = blocks('js');
    expect(run(example)).toBe(blocks('text')[0]);
    expect(snippets.map(run)).toEqual(['', '']);
  });

  it('says what the short forms mean', () => {
    const said = [...(blocks('js').at(-1) ?? '').matchAll(/\('(.*)'\); \/\/ (.*)$/gm)].map(([, text, value]) => [
      text,
      value,
    ]);
    const written = (value: object) =>
      JSON.stringify(value)
        .replaceAll(/"(\w+)":/g, '$1:')
        .replaceAll('"', "'");
    const compact = (text = '') => text.replaceAll(' ', '');
    expect(said).toHaveLength(2);
    expect(compact(said[0]?.[1])).toBe(written(parsePortAddress(said[0]?.[0] ?? '')));
    expect(compact(said[1]?.[1])).toBe(written(parseLineSettings(said[1]?.[0] ?? '')));
  });
});
