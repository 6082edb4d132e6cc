import { describe, expect, it } from 'vitest';
import { bashAnswer, fishAnswer, zshAnswer } from './answer-text.ts';
import type { Completion } from './candidate.ts';

const files: Completion = { kind: 'files' };
const host: Completion = { kind: 'words', candidates: [{ word: '[::1]:7400/', does: 'an agent: known' }] };
const words: Completion = { kind: 'words', candidates: [...host.candidates, { word: 'a b', does: '' }] };
const line = { quote: '', kept: '[::1]:' } as const;

describe('what complete prints', () => {
  it('leaves files to every shell', () => {
    for (const answer of [bashAnswer(files, line), zshAnswer(files), fishAnswer(files)])
      expect(answer).toEqual(['files']);
  });

  it('for bash is what is inserted, and whether it has to go on', () => {
    expect(bashAnswer(host, line)).toEqual(['open', '7400/']);
    expect(bashAnswer(words, { ...line, kept: '' })).toEqual(['words', '\\[::1\\]:7400/', 'a\\ b']);
  });

  it('for zsh has colons that _describe leaves alone', () => {
    expect(zshAnswer(words)).toEqual(['words', 'open:[\\:\\:1]\\:7400/:an agent: known', 'whole:a b']);
  });

  it('for fish has tabs', () => {
    expect(fishAnswer(words)).toEqual(['words', '[::1]:7400/\tan agent: known', 'a b\t']);
  });
});
