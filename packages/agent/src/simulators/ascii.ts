export const controls = { bell: 7, backspace: 8, lineFeed: 10, carriageReturn: 13, delete: 127 } as const;

/** Text as bytes, one a character; what is not ASCII becomes a question mark. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (sign) => {
    const code = sign.charCodeAt(0);
    return code < 128 ? code : 63;
  });
}

export function isPrintable(byte: number): boolean {
  return byte >= 32 && byte < 127;
}
