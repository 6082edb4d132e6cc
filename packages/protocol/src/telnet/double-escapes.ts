const escapeByte = 0xff;

/** The bytes with each FF twice, as telnet and nullmodem send it. Where there is none, it is the same memory. */
export function doubleEscapes(bytes: Uint8Array): Uint8Array {
  const count = countEscapes(bytes);
  if (count === 0) return bytes;
  const doubled = new Uint8Array(bytes.length + count);
  let from = 0;
  let to = 0;
  for (let at = bytes.indexOf(escapeByte); at >= 0; at = bytes.indexOf(escapeByte, from)) {
    doubled.set(bytes.subarray(from, at + 1), to);
    to += at + 1 - from;
    doubled[to] = escapeByte;
    to += 1;
    from = at + 1;
  }
  doubled.set(bytes.subarray(from), to);
  return doubled;
}

function countEscapes(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(escapeByte); at >= 0; at = bytes.indexOf(escapeByte, at + 1)) count += 1;
  return count;
}
