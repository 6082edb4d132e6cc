/** What is another one at each run, and how it looks: in a page stands an example of it. */
const varying: readonly (readonly [example: RegExp, pattern: string])[] = [
  [/\b[A-Z2-7]{52}\b/, '[A-Z2-7]{52}'],
  [/\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b/, '[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/, '\\d+(?:\\.\\d+){3}(?::\\d+)?'],
  [/\bfrom byte \d+ of [A-Z0-9]+/, 'from byte \\d+ of [A-Z0-9]+'],
  [/\bsercli\/\d+\.\d+\.\d+/, 'sercli/\\d+\\.\\d+\\.\\d+'],
  [/\/home\/\w+\//, '/\\S*/'],
  [/\b\w+@laptop\b/, '\\w+@laptop'],
  [/\b\d\d:\d\d(?::\d\d)?(?:\.\d+)?\b/, '\\d\\d:\\d\\d(?::\\d\\d)?(?:\\.\\d+)?'],
  [/\.\.\./, '.*'],
  [/\s+/, '\\s+'],
];

const anyVarying = new RegExp(varying.map(([example]) => `(${example.source})`).join('|'), 'g');

/** What a line that a page shows looks like where it is printed. */
export function printedLike(line: string): RegExp {
  let pattern = '';
  let end = 0;
  for (const match of line.trim().matchAll(anyVarying)) {
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    pattern += asPattern(line.trim().slice(end, match.index)) + (varying[kind]?.[1] ?? '');
    end = match.index + match[0].length;
  }
  return new RegExp(`^\\s*${pattern}${asPattern(line.trim().slice(end))}\\s*$`, 'm');
}

function asPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
