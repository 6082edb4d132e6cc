/**
 * A text that a peer may have chosen: control characters, which would command the terminal, and those that cannot be seen
 * or turn the direction of what follows (Unicode Standard Annex 9), are shown as question marks.
 */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
