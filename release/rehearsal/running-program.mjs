import { startChild } from './children.mjs';

/** How long something may take to say what is waited for, on a busy machine. */
const waitMs = 30_000;

/** A program that goes on until it is told to stop. */
export class RunningProgram {
  #what;
  #child;
  #output = '';
  #heard = () => undefined;
  #ended;

  constructor(what, program, args, options) {
    this.#what = what;
    this.#child = startChild(program, args, options);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (text) => {
        this.#output += text;
        this.#heard();
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve(signal ?? code));
      this.#child.on('error', (error) => resolve(error.message));
    });
  }

  /** Resolves with the match once the program has printed it. */
  async waitFor(pattern) {
    let timer;
    const heard = new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.#output);
        if (match !== null) resolve(match);
      };
      this.#heard = look;
      look();
      timer = setTimeout(() => reject(this.#fault(`did not print ${pattern} within ${waitMs / 1000} s`)), waitMs);
    });
    const ended = this.#ended.then((end) => Promise.reject(this.#fault(`ended with ${end}`)));
    try {
      return await Promise.race([heard, ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop() {
    this.#child.kill('SIGTERM');
    await this.#ended;
  }

  #fault(reason) {
    return new Error(`${this.#what} ${reason}\n    ${this.#output.trimEnd().split('\n').join('\n    ')}`);
  }
}
