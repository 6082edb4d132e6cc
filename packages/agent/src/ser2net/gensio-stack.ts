/** One layer of a gensio stack, `telnet(rfc2217,mode=server)`, or one of its words. */
export interface GensioPart {
  readonly name: string;
  readonly options: readonly string[];
}

/**
 * Cuts `telnet(rfc2217),tcp,localhost,3333` into its parts. Blanks separate like commas, quotes and backslashes keep
 * together (gensio(5)).
 */
export function splitStack(text: string): GensioPart[] {
  return splitWords(text, /[\s,]/).map((word) => {
    const open = word.indexOf('(');
    if (open < 0) return { name: unquoted(word), options: [] };
    const inner = word.endsWith(')') ? word.slice(open + 1, -1) : word.slice(open + 1);
    return { name: word.slice(0, open), options: splitWords(inner, /[\s,]/).map(unquoted) };
  });
}

function splitWords(text: string, separator: RegExp): string[] {
  const words: string[] = [];
  let from = 0;
  let depth = 0;
  let quote = '';
  for (let at = 0; at <= text.length; at++) {
    const character = text.charAt(at);
    if (at < text.length) {
      if (character === '\\') at++;
      else if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if (character === '(') depth++;
      else if (character === ')') depth = Math.max(0, depth - 1);
      if (quote !== '' || depth > 0 || character === '\\' || !separator.test(character)) continue;
    }
    if (at > from) words.push(text.slice(from, at));
    from = at + 1;
  }
  return words;
}

function unquoted(word: string): string {
  return word.replace(/\\(.)|(["'])/gs, (_whole, escaped: string | undefined) => escaped ?? '');
}
