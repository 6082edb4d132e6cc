import { type Candidate, type Completion, isOpen } from './candidate.ts';
import { type ShellLine, writeShellWord } from './shell-line.ts';

/**
 * What `sercli complete` prints for bash: `files`, or `words` and the candidates, as they are to be inserted. `open` stands in
 * place of `words` where there is one candidate, which has to go on.
 */
export function bashAnswer(completion: Completion, line: Pick<ShellLine, 'quote' | 'kept'>): readonly string[] {
  if (completion.kind === 'files') return ['files'];
  const { candidates } = completion;
  const mustGoOn = candidates.length === 1 && candidates.every(({ word }) => isOpen(word));
  return [mustGoOn ? 'open' : 'words', ...candidates.map(({ word }) => writeShellWord(word, line))];
}

/** For zsh: the candidates as `_describe` wants them (zshcompsys(1)), behind `open:` where they have to go on and `whole:` elsewhere. */
export function zshAnswer(completion: Completion): readonly string[] {
  if (completion.kind === 'files') return ['files'];
  const described = ({ word, does }: Candidate): string =>
    `${isOpen(word) ? 'open' : 'whole'}:${word.replace(/[\\:]/g, '\\$&')}${does === '' ? '' : `:${does}`}`;
  return ['words', ...completion.candidates.map(described)];
}

/** For fish: the candidates with a tab and what they are behind them. Fish sees by itself which have to go on. */
export function fishAnswer(completion: Completion): readonly string[] {
  if (completion.kind === 'files') return ['files'];
  return ['words', ...completion.candidates.map(({ word, does }) => `${word}\t${does}`)];
}
