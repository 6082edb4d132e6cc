import { createInterface } from 'node:readline';

/** Whether there is somebody who can be asked: what is said on stderr is read there, and stdin is typed. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Whether the person at the terminal says yes. */
export async function isConfirmed(question: string): Promise<boolean> {
  process.stderr.write(`${question} [y/N] `);
  // The terminal edits the line, and Ctrl-C ends the program as always.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
