/** Bytes in a line of a hexdump. */
const lineBytes = 8;

/** The time as ser2net writes it before lines: `2026/11/30 15:57:21 `, in the machine's time zone. */
export function traceTime(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('/');
  return `${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':')} `;
}

/**
 * Lines as ser2net writes them: who sent them (`term` the device, `tcp` a client), up to eight bytes in hexadecimal, and
 * the same as text: `term 6f 70 65 6e 20 73 65 72  |open ser|`.
 *
 * @param time what stands before each line
 */
export function hexdump(bytes: Uint8Array, source: 'term' | 'tcp', time: string): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += lineBytes) {
    const part = bytes.subarray(at, at + lineBytes);
    const digits = Array.from(part, (byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
    const text = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${time}${source.padEnd(5)}${digits.padEnd(3 * lineBytes)} |${text}|\n`);
  }
  return lines.join('');
}
