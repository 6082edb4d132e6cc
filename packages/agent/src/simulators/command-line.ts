import { isPrintable } from './ascii.ts';

/** Signs of a command line; real modems had 40 to 255. A longer line is an error when it ends. */
const longestLine = 255;

export type CommandLineOutcome =
  | { readonly kind: 'more' }
  /** What stood behind AT; undefined when the line was too long. */
  | { readonly kind: 'line'; readonly text: string | undefined }
  /** A/ */
  | { readonly kind: 'again' };

/** Collects a command line: all before `AT` is ignored, and an end of line ends it. */
export class CommandLine {
  #text = '';

  take(byte: number, endOfLine: number, backspace: number): CommandLineOutcome {
    if (byte === endOfLine) return this.#end();
    if (byte === backspace || byte === 127) this.#text = this.#text.slice(0, -1);
    else if (isPrintable(byte) && this.#text.length <= longestLine) this.#text += String.fromCharCode(byte);
    if (this.#text.toUpperCase() === 'A/') {
      this.#text = '';
      return { kind: 'again' };
    }
    // Only A may begin a line, and only AT goes on: so noise never becomes a command.
    if (!/^(A|AT.*)?$/i.test(this.#text)) this.#text = /^A$/i.test(this.#text.slice(-1)) ? this.#text.slice(-1) : '';
    return { kind: 'more' };
  }

  clear(): void {
    this.#text = '';
  }

  #end(): CommandLineOutcome {
    const text = this.#text;
    this.#text = '';
    if (text.length < 2) return { kind: 'more' };
    return { kind: 'line', text: text.length > longestLine ? undefined : text.slice(2) };
  }
}
