/** Lines that replace each other on a terminal; elsewhere each state is written below the one before. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #shownLines = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** @param ifEmpty is shown in place of no lines */
  show(lines: readonly string[], ifEmpty: string): void {
    const shown = lines.length > 0 ? lines : [ifEmpty];
    if (this.#stream.isTTY !== true) {
      this.#stream.write(`${shown.join('\n')}\n\n`);
      return;
    }
    // Up to where the last state began, then away with everything below. What does not fit the window is left out: the
    // cursor cannot go back to lines that have scrolled away.
    const fitting = shown.slice(0, Math.max(1, (this.#stream.rows ?? 24) - 1));
    const cut = fitting.map((line) => line.slice(0, this.#stream.columns ?? 80));
    this.#stream.write(`${this.#shownLines === 0 ? '' : `\x1b[${this.#shownLines}A`}\r\x1b[J${cut.join('\n')}\n`);
    this.#shownLines = cut.length;
  }
}
