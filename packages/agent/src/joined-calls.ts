/**
 * Work that tells how things are at the time it begins: who asks while it is under way waits for the next run, together
 * with everybody else who does.
 */
export class JoinedCalls<Result> {
  readonly #run: () => Promise<Result>;
  #current: Promise<Result> | undefined;
  #next: Promise<Result> | undefined;

  constructor(run: () => Promise<Result>) {
    this.#run = run;
  }

  /** What a run gives that has not begun before this call. */
  call(): Promise<Result> {
    if (this.#current === undefined) return this.#start();
    this.#next ??= this.#startAfter(this.#current);
    return this.#next;
  }

  async #startAfter(current: Promise<Result>): Promise<Result> {
    await current.catch(() => undefined);
    this.#next = undefined;
    return this.#start();
  }

  #start(): Promise<Result> {
    const run = this.#run();
    this.#current = run;
    const isOver = (): void => {
      if (this.#current === run) this.#current = undefined;
    };
    run.then(isOver, isOver);
    return run;
  }
}
