import { controls, isPrintable } from './ascii.ts';
import { BaudGame } from './baud-game.ts';
import type { BoardMemory } from './bulletin-board-memory.ts';
import { banner, history, menu } from './bulletin-board-texts.ts';
import type { Caller, RemoteSystem } from './remote-system.ts';

type BoardState =
  | { readonly kind: 'picking-up' }
  | { readonly kind: 'name' }
  | { readonly kind: 'menu' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'subject' }
  | { readonly kind: 'posting'; readonly subject: string; readonly lines: readonly string[] }
  | { readonly kind: 'game'; readonly game: BaudGame }
  /** Shows the lines from `next` on, a screen at a time. */
  | { readonly kind: 'pager'; readonly lines: readonly string[]; readonly next: number }
  | { readonly kind: 'gone' };

/** Signs on one line of input. */
const longestLine = 72;
const longestName = 24;
const mostPostedLines = 20;
/** Lines on a screen of 24, less the prompt. */
const screenLines = 22;

/** A bulletin board of the eighties: what a caller types comes in, what the caller sees goes out. */
export class BulletinBoard implements RemoteSystem {
  readonly #caller: Caller;
  readonly #memory: BoardMemory;
  readonly #startedAt: number;
  #state: BoardState = { kind: 'picking-up' };
  #typed = '';
  #name = '';

  constructor(caller: Caller, memory: BoardMemory) {
    this.#caller = caller;
    this.#memory = memory;
    this.#startedAt = caller.now();
  }

  start(): void {
    this.#sayLines(banner);
    this.#say(`You are caller ${this.#memory.calls + 1}.\r\nYour name? `);
    this.#state = { kind: 'name' };
  }

  receive(byte: number): void {
    const state = this.#state;
    switch (state.kind) {
      case 'menu':
        return this.#choose(String.fromCharCode(byte & 0x7f).toUpperCase());
      case 'pager':
        return this.#turnPage(state, byte & 0x7f);
      case 'picking-up':
      case 'gone':
        return;
      case 'name':
      case 'reading':
      case 'subject':
      case 'posting':
      case 'game':
        return this.#edit(byte & 0x7f);
      default:
        return state satisfies never;
    }
  }

  /** Line input with echo and backspace. */
  #edit(byte: number): void {
    if (byte === controls.carriageReturn) {
      const line = this.#typed;
      this.#typed = '';
      this.#say('\r\n');
      return this.#takeLine(line);
    }
    if (byte === controls.backspace || byte === controls.delete) {
      if (this.#typed !== '') this.#say('\b \b');
      this.#typed = this.#typed.slice(0, -1);
    } else if (isPrintable(byte)) {
      if (this.#typed.length >= longestLine) return this.#say('\x07');
      this.#typed += String.fromCharCode(byte);
      this.#say(String.fromCharCode(byte));
    }
  }

  #takeLine(line: string): void {
    const state = this.#state;
    switch (state.kind) {
      case 'name':
        return this.#logIn(line.trim().slice(0, longestName));
      case 'reading':
        return this.#read(line.trim());
      case 'subject':
        return this.#beginPosting(line.trim());
      case 'posting':
        return this.#postLine(state.subject, state.lines, line);
      case 'game':
        return this.#guess(state.game, line);
      case 'menu':
      case 'pager':
      case 'picking-up':
      case 'gone':
        return;
      default:
        return state satisfies never;
    }
  }

  #logIn(name: string): void {
    if (name === '') return this.#say('Everybody has a name. Yours? ');
    this.#name = name;
    const isKnown = this.#memory.logIn(name);
    this.#sayLines([
      isKnown ? `Welcome back, ${name}.` : `Hello ${name}, you are new here. Make yourself at home.`,
      `There are ${this.#memory.messages.length} messages.`,
    ]);
    this.#sayLines(menu);
    this.#toMenu();
  }

  #toMenu(): void {
    this.#state = { kind: 'menu' };
    this.#say('\r\nYour choice? ');
  }

  #choose(key: string): void {
    if (!/^[RPWTHGB?]$/.test(key)) return;
    this.#say(`${key}\r\n`);
    switch (key) {
      case 'R':
        return this.#list();
      case 'P':
        this.#state = { kind: 'subject' };
        return this.#say('Subject (empty to leave it)? ');
      case 'W':
        this.#sayLines(['', 'The last callers, latest first:', ...this.#memory.callers.toReversed().map(indent)]);
        return this.#toMenu();
      case 'T':
        this.#say(`${this.#timeOnline()}\r\n`);
        return this.#toMenu();
      case 'H':
        return this.#showPage(history, 0);
      case 'G':
        return this.#play();
      case 'B':
        return this.#goodbye();
      default:
        this.#sayLines(menu);
        return this.#toMenu();
    }
  }

  #list(): void {
    const titles = this.#memory.messages.map(
      ({ from, subject }, index) => `  ${String(index + 1).padStart(3)}  ${subject.padEnd(40)} ${from}`,
    );
    this.#sayLines(['', ...titles, '']);
    this.#state = { kind: 'reading' };
    this.#say('Number of the message (empty for the menu)? ');
  }

  #read(number: string): void {
    if (number === '') return this.#toMenu();
    const message = /^\d{1,4}$/.test(number) ? this.#memory.messages[Number(number) - 1] : undefined;
    if (message === undefined) this.#say('There is no such message.\r\n');
    else this.#sayLines(['', `From:    ${message.from}`, `Subject: ${message.subject}`, '', ...message.lines, '']);
    this.#say('Next number (empty for the menu)? ');
  }

  #beginPosting(subject: string): void {
    if (subject === '') return this.#toMenu();
    this.#state = { kind: 'posting', subject: subject.slice(0, 40), lines: [] };
    this.#say(`Up to ${mostPostedLines} lines; a line with a single dot ends the message.\r\n 1> `);
  }

  #postLine(subject: string, lines: readonly string[], line: string): void {
    const all = line === '.' ? lines : [...lines, line];
    if (line !== '.' && all.length < mostPostedLines) {
      this.#state = { kind: 'posting', subject, lines: all };
      return this.#say(`${String(all.length + 1).padStart(2)}> `);
    }
    if (all.length > 0) this.#memory.post({ from: this.#name, subject, lines: all });
    this.#say(all.length > 0 ? 'Posted. It stays until the agent is stopped.\r\n' : 'Nothing posted.\r\n');
    this.#toMenu();
  }

  #play(): void {
    const game = new BaudGame(this.#memory.calls * 7919 + Math.floor(this.#onlineMs()));
    this.#state = { kind: 'game', game };
    this.#sayLines(game.introduction);
    this.#say(game.prompt);
  }

  #guess(game: BaudGame, line: string): void {
    const { heard, isOver } = game.guess(line);
    this.#say(`${heard}\r\n`);
    if (isOver) this.#toMenu();
    else this.#say(game.prompt);
  }

  #showPage(lines: readonly string[], from: number): void {
    const next = from + screenLines;
    this.#sayLines(lines.slice(from, next));
    if (next >= lines.length) return this.#toMenu();
    this.#state = { kind: 'pager', lines, next };
    this.#say(morePrompt);
  }

  #turnPage(state: Extract<BoardState, { kind: 'pager' }>, byte: number): void {
    if (byte === controls.lineFeed) return;
    this.#say(`\r${' '.repeat(morePrompt.length)}\r`);
    if (byte === 113 || byte === 81) this.#toMenu();
    else this.#showPage(state.lines, state.next);
  }

  #goodbye(): void {
    this.#sayLines([this.#timeOnline(), `Goodbye ${this.#name}. Mind the cable on your way out.`]);
    this.#state = { kind: 'gone' };
    this.#caller.hangUp();
  }

  #onlineMs(): number {
    return this.#caller.now() - this.#startedAt;
  }

  #timeOnline(): string {
    const seconds = Math.floor(this.#onlineMs() / 1000);
    return `You have been online for ${Math.floor(seconds / 60)} min ${seconds % 60} s.`;
  }

  #sayLines(lines: readonly string[]): void {
    this.#say(`${lines.join('\r\n')}\r\n`);
  }

  #say(text: string): void {
    this.#caller.say(text);
  }
}

const morePrompt = '-- any key for more, Q to stop --';

function indent(name: string): string {
  return `  ${name}`;
}
