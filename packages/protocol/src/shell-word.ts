/** A text as a word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w/.:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
