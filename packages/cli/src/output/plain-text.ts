/** A text that a peer may have chosen: control characters, which would command the terminal, are shown as question marks. */
export function plainText(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
