/** A word that may stand where something is completed. */
export interface Candidate {
  readonly word: string;
  /** What it is, for shells that show that. */
  readonly does: string;
}

/** What a word can be completed to: one of these, or the path of a file. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' };

/** Candidates that need no explanation. */
export function wordsOf(words: readonly string[]): readonly Candidate[] {
  return words.map((word) => ({ word, does: '' }));
}

/** The same candidates behind something that stands there already. */
export function behind(head: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map(({ word, does }) => ({ word: head + word, does }));
}

/** Whether more has to follow, so that no blank is set behind it: a host is not yet a port. */
export function isOpen(word: string): boolean {
  return /[/=,:]$/.test(word);
}
