/** What a client calls itself, for terminals, logs and lists: without what would command a terminal or look like nothing. */
export function shownName(name: string): string {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?') || 'unnamed';
}

/** What a client calls itself as a word of the file of authorised clients; undefined if nothing is left of it. */
export function recordedName(name: string): string | undefined {
  const word = name.replace(/[\s#\p{C}]+/gu, '-').slice(0, 64);
  return word === '' || /\p{Cs}/u.test(word) ? undefined : word;
}
