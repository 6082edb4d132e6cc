/** Guesses in one game. */
const mostGuesses = 12;
const lowest = 50;
const highest = 9999;

/** Hunt the Baud: find the speed of a line from the noise it makes. */
export class BaudGame {
  readonly #speed: number;
  #guesses = 0;

  /** The same `seed` hides the same speed. */
  constructor(seed: number) {
    // Multiplier of the minimal standard generator (Park and Miller, CACM 31, 1988).
    this.#speed = lowest + (((seed * 48_271) % 2_147_483_647) % (highest - lowest + 1));
  }

  get introduction(): readonly string[] {
    return [
      '',
      'HUNT THE BAUD',
      `A line somewhere runs at a speed from ${lowest} to ${highest}. You listen in at a speed`,
      `of your choice and hear what you hear. You have ${mostGuesses} tries; Q gives up.`,
    ];
  }

  get prompt(): string {
    return `Try ${this.#guesses + 1} of ${mostGuesses}, speed? `;
  }

  /** What is heard, and whether the game is over. */
  guess(text: string): { readonly heard: string; readonly isOver: boolean } {
    if (/^q/i.test(text.trim())) return { heard: `It was ${this.#speed}.`, isOver: true };
    const speed = Number(text.trim());
    if (!/^\d{1,9}$/.test(text.trim())) return { heard: 'A number, please.', isOver: false };
    this.#guesses += 1;
    if (speed === this.#speed) return { heard: this.#praise(), isOver: true };
    const hint = this.#noise(speed);
    if (this.#guesses < mostGuesses) return { heard: hint, isOver: false };
    return { heard: `${hint}\r\nThe line goes quiet. It was ${this.#speed}.`, isOver: true };
  }

  #praise(): string {
    return `"The quick brown fox jumps over the lazy dog." Clear as day, at try ${this.#guesses}!`;
  }

  #noise(speed: number): string {
    const direction = speed < this.#speed ? 'too slow' : 'too fast';
    const error = Math.abs(speed - this.#speed) / this.#speed;
    if (error < 0.05) return `"Thq quicj brovn fpx": nearly. A little ${direction}.`;
    if (error < 0.3) return `"~x~~{ ~xx~~{": ${direction}.`;
    return `${speed < this.#speed ? '~~~~~~~~~~~~' : '{ { {x { {x {'} Noise. Much ${direction}.`;
  }
}
