/** How often a status line is renewed at most, in milliseconds. */
const renewMs = 500;

/** One line at the bottom of a terminal that always shows the present state. Without a terminal it shows nothing. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #text: (columns: number) => string;
  readonly #timer: NodeJS.Timeout | undefined;
  #shown = '';

  /** @param text says the state now, in at most so many columns */
  constructor(stream: NodeJS.WriteStream, text: (columns: number) => string) {
    this.#stream = stream;
    this.#text = text;
    if (stream.isTTY === true) this.#timer = setInterval(() => this.renew(), renewMs).unref();
    this.renew();
  }

  /** Shows the state now. */
  renew(): void {
    if (this.#timer === undefined) return;
    const columns = (this.#stream.columns ?? 80) - 1;
    const text = this.#text(columns).slice(0, columns);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#stream.write(`\r\x1b[K${text}`);
  }

  /** Writes a line above the status. */
  writeAbove(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
    this.renew();
  }

  /** Takes the status away, so that other output can come. */
  clear(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[K');
    this.#shown = '';
  }

  close(): void {
    clearInterval(this.#timer);
    this.clear();
  }
}
