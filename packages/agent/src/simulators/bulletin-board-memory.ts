export interface BoardMessage {
  readonly from: string;
  readonly subject: string;
  readonly lines: readonly string[];
}

/** So that callers cannot fill the machine; the oldest go first. */
const mostMessages = 50;
const mostCallers = 20;

/** What the board remembers between calls, as long as the program runs. */
export class BoardMemory {
  readonly #messages: BoardMessage[] = [...firstMessages];
  /** The latest caller is last; each stands there once. */
  readonly #callers: string[] = ['Ward C.', 'Randy S.', 'Tom J.'];
  readonly #known = new Set<string>(this.#callers.map((name) => name.toLowerCase()));
  #calls = 1977;

  get messages(): readonly BoardMessage[] {
    return this.#messages;
  }

  get callers(): readonly string[] {
    return this.#callers;
  }

  /** Calls so far, this one included. */
  get calls(): number {
    return this.#calls;
  }

  post(message: BoardMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > mostMessages) this.#messages.shift();
  }

  /** Notes a call; true if the caller was here before. */
  logIn(name: string): boolean {
    this.#calls += 1;
    const isKnown = this.#known.has(name.toLowerCase());
    this.#known.add(name.toLowerCase());
    const before = this.#callers.findIndex((caller) => caller.toLowerCase() === name.toLowerCase());
    if (before >= 0) this.#callers.splice(before, 1);
    this.#callers.push(name);
    while (this.#callers.length > mostCallers) this.#known.delete(this.#callers.shift()?.toLowerCase() ?? '');
    return isKnown;
  }
}

const firstMessages: readonly BoardMessage[] = [
  {
    from: 'Sysop',
    subject: 'Welcome',
    lines: [
      'This board lives in the memory of a serial port that does not exist.',
      'Post something: it stays until the agent is stopped.',
    ],
  },
  {
    from: 'Ward C.',
    subject: 'Snowed in',
    lines: [
      'Chicago, January 1978. Too much snow to go to the club,',
      'so we put the cork board on a computer instead.',
    ],
  },
  {
    from: 'Randy S.',
    subject: 'The other half',
    lines: ['He wrote the software, I soldered the rest.', 'The phone rang two weeks later. It has not stopped since.'],
  },
  {
    from: 'Nadia',
    subject: 'DCD',
    lines: [
      'Watch your DCD light while you read this. It stays on until you say goodbye,',
      'or until somebody else in the house picks up the phone.',
    ],
  },
];
