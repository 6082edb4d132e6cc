/** The words of a line as bash has it, and the last of them in the making. */
export interface ShellLine {
  /** Without their quotes; the last one as far as it is typed, empty behind a blank. */
  readonly words: readonly string[];
  /** The quote that the last word is in. */
  readonly quote: Quote;
  /** Without its quotes: as much of the last word as stands before what bash replaces. */
  readonly kept: string;
}

type Quote = '' | "'" | '"';

/**
 * Reads what was typed, from the command up to the cursor. Expansions stay as they are.
 *
 * @param replaced the end of the line, which bash replaces by what is chosen: less than a word where it has a character of
 *   COMP_WORDBREAKS, such as a colon (bash(1))
 */
export function readShellLine(line: string, replaced: string): ShellLine {
  const replacedAt = line.endsWith(replaced) ? line.length - replaced.length : line.length;
  const words: string[] = [];
  let word: string | undefined;
  let quote: Quote = '';
  let kept = '';
  for (let at = 0; at < line.length; at++) {
    if (at === replacedAt) kept = word ?? '';
    const character = line.charAt(at);
    if (quote === '' && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' && (character === "'" || character === '"')) {
      quote = character;
      word ??= '';
    } else if (character === quote) quote = '';
    else if (isEscaped(line, at, quote)) {
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else word = (word ?? '') + character;
  }
  if (replacedAt === line.length) kept = word ?? '';
  return { words: [...words, word ?? ''], quote, kept };
}

/** A backslash that takes the meaning of what follows: within double quotes only where that has one (bash(1), QUOTING). */
function isEscaped(line: string, at: number, quote: Quote): boolean {
  if (line.charAt(at) !== '\\' || quote === "'") return false;
  return quote === '' || /["$\\`]/.test(line.charAt(at + 1));
}

/** Writes a word so that bash reads it back, behind what is kept of it and in the quote that it stands in. */
export function writeShellWord(word: string, { quote, kept }: Pick<ShellLine, 'quote' | 'kept'>): string {
  const rest = word.slice(kept.length);
  if (quote === "'") return rest.replaceAll("'", "'\\''");
  if (quote === '"') return rest.replace(/["$\\`]/g, '\\$&');
  return rest.replace(/[^\w./:=@%+,-]/g, '\\$&');
}
