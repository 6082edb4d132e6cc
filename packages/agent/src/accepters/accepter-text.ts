/** A template as the bytes that are sent. */
export function textBytes(template: string): Uint8Array {
  return Buffer.from(template);
}
