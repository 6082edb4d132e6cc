/** How long a test waits for a program to print something, in milliseconds, unless it says otherwise. */
export const defaultOutputTimeoutMs = 10_000;

/** What a program has printed, and waiting for what it prints next. */
export class OutputLog {
  readonly #source: string;
  #text = '';
  /** Where the next search begins: after what the last one found. */
  #searched = 0;
  #waiter: (() => void) | undefined;
  #ended: string | undefined;

  /** @param source names the program in error messages */
  constructor(source: string) {
    this.#source = source;
  }

  /** Everything so far. */
  get text(): string {
    return this.#text;
  }

  append(text: string): void {
    this.#text += text;
    this.#waiter?.();
  }

  /** Nothing more comes; who waits learns why. */
  end(reason: string): void {
    this.#ended = reason;
    this.#waiter?.();
  }

  /**
   * Resolves to the first match after the previous one, as expect(1) does. One caller at a time.
   *
   * @throws Error with the text so far when the output ends or the time is over before it comes
   */
  async waitFor(pattern: RegExp, timeoutMs: number = defaultOutputTimeoutMs): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const match = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(
        this.#text.slice(this.#searched),
      );
      if (match !== null) {
        this.#searched += match.index + match[0].length;
        return match;
      }
      const remainingMs = deadline - Date.now();
      if (this.#ended !== undefined) throw this.#missed(pattern, this.#ended);
      if (remainingMs <= 0) throw this.#missed(pattern, `nothing came for ${timeoutMs} ms`);
      await this.#change(remainingMs);
    }
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #missed(pattern: RegExp, reason: string): Error {
    return new Error(`${this.#source} did not print ${pattern}: ${reason}. It printed:\n${this.#text.slice(-4000)}`);
  }
}
