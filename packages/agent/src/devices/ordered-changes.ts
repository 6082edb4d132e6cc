/** Changes of a port that run one after the other, in the order of the calls. Bytes wait while one is under way. */
export class OrderedChanges {
  readonly #whenIdle: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  /** `whenIdle` is called each time the last change has ended. */
  constructor(whenIdle: () => void) {
    this.#whenIdle = whenIdle;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** Runs `change` after those before it, whether they succeeded or not, and settles as it does. */
  add<Outcome>(change: () => Promise<Outcome>): Promise<Outcome> {
    this.#underWay += 1;
    const outcome = this.#last.then(change).finally(() => {
      this.#underWay -= 1;
      if (this.isIdle) this.#whenIdle();
    });
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }

  /** Resolves when every change so far has ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
