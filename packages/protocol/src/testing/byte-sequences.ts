/** The byte at `offset` of a stream whose every byte follows from its place, so that a reader can check what it gets. */
export function patternByte(seed: number, offset: number): number {
  return (offset * 31 + Math.floor(offset / 256) * 7 + seed * 101) & 0xff;
}

export function patternBytes(seed: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = patternByte(seed, offset + index);
  return bytes;
}

/** @throws Error that names the first byte which is not the pattern's */
export function checkPattern(seed: number, offset: number, bytes: Uint8Array): void {
  const wrong = bytes.findIndex((byte, index) => byte !== patternByte(seed, offset + index));
  if (wrong >= 0)
    throw new Error(`byte ${offset + wrong} is ${bytes[wrong]}, not ${patternByte(seed, offset + wrong)}`);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Cuts bytes into chunks of these sizes, in turn and over again. Each chunk has its own memory. */
export function cutBytes(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}
