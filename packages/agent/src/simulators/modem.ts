import type { ModemOutputs } from '@sercli/protocol';
import { asciiBytes } from './ascii.ts';
import { CommandLine } from './command-line.ts';
import { EscapeDetector } from './escape-detector.ts';
import { parseModemCommands } from './modem-command.ts';
import { type CommandAnswer, ModemCommands } from './modem-commands.ts';
import { ModemProfile, registers } from './modem-profile.ts';
import { type ModemResult, resultText } from './modem-results.ts';
import type { Caller, RemoteSystem } from './remote-system.ts';
import type { SimulatedLine, Simulation } from './simulation.ts';
import { callBackMs, callBackNumber, diallingMs, handshakeMs, placeCall, ringEveryMs } from './telephone.ts';

type CallState =
  | { readonly kind: 'on-hook' }
  | { readonly kind: 'dialling'; readonly cancel: () => void }
  /** Somebody calls; `cancel` stops the next ring. */
  | { readonly kind: 'ringing'; readonly rings: number; readonly cancel: () => void }
  | { readonly kind: 'online'; readonly remote: RemoteSystem }
  /** Escaped with +++: the carrier stays, and what is typed are commands. */
  | { readonly kind: 'online-command'; readonly remote: RemoteSystem };

/** One ring. */
const ringMs = 2000;
/** Rings until a caller gives up. */
const patienceRings = 10;
/** The first words come a moment after the carrier, when the terminal is ready for them. */
const firstWordsMs = 1000;

/** The other end waits until its last words are through. */
const lastWordsMs = 1000;

/** A Hayes modem with a telephone line, and a system to call at its other end. */
export class Modem implements Simulation {
  readonly #line: SimulatedLine;
  readonly #answer: (caller: Caller) => RemoteSystem;
  readonly #profile = new ModemProfile();
  readonly #commands: ModemCommands;
  readonly #commandLine = new CommandLine();
  readonly #escape: EscapeDetector;
  #state: CallState = { kind: 'on-hook' };
  #lastLine: string | undefined;
  #hasTerminal = true;
  #cancelLater: () => void = () => undefined;

  /** `answer` makes the system that answers calls. */
  constructor(line: SimulatedLine, answer: (caller: Caller) => RemoteSystem) {
    this.#line = line;
    this.#answer = answer;
    this.#commands = new ModemCommands(this.#profile);
    this.#escape = new EscapeDetector(line.clock, () => this.#escapeToCommands());
    line.setInputs({ cts: true, dsr: true, dcd: false, ri: false });
  }

  receive(byte: number): void {
    switch (this.#state.kind) {
      case 'online':
        this.#escape.see(byte, this.#profile.register(registers.escapeCharacter), this.#guardMs());
        this.#state.remote.receive(byte);
        return;
      case 'dialling':
        // Any key gives up the call, but a line feed is only the end of the line that began it.
        if (byte !== this.#profile.register(registers.lineFeed)) this.#dropCall('NO CARRIER');
        return;
      case 'on-hook':
      case 'ringing':
      case 'online-command':
        this.#receiveCommand(byte);
        return;
      default:
        return this.#state satisfies never;
    }
  }

  /** AT&D says what a fall of DTR means: nothing, command state, hang up, or a reset. */
  outputs({ dtr }: ModemOutputs): void {
    const hasFallen = this.#hasTerminal && !dtr;
    this.#hasTerminal = dtr;
    const meaning = this.#profile.switch('&D');
    if (!hasFallen || meaning === 0) return;
    if (meaning === 1) return this.#escapeToCommands();
    if (this.#state.kind !== 'on-hook' && this.#state.kind !== 'ringing') this.#dropCall('NO CARRIER');
    if (meaning === 3) this.#profile.reset();
  }

  close(): void {
    if (this.#state.kind === 'dialling' || this.#state.kind === 'ringing') this.#state.cancel();
    this.#state = { kind: 'on-hook' };
    this.#cancelLater();
    this.#escape.reset();
  }

  #guardMs(): number {
    return this.#profile.register(registers.guardTime) * 20;
  }

  #receiveCommand(byte: number): void {
    if (this.#profile.switch('E') === 1) this.#line.send(Uint8Array.of(byte & 0x7f));
    const outcome = this.#commandLine.take(
      byte & 0x7f,
      this.#profile.register(registers.carriageReturn),
      this.#profile.register(registers.backspace),
    );
    if (outcome.kind === 'more') return;
    if (outcome.kind === 'line') this.#lastLine = outcome.text;
    this.#carryOut(this.#lastLine);
  }

  #carryOut(text: string | undefined): void {
    if (text === undefined) return this.#report('ERROR');
    for (const command of parseModemCommands(text)) {
      const answer = this.#commands.run(command);
      if (answer.lines !== undefined) this.#sayLines(answer.lines);
      if (answer.kind === 'hang-up') this.#hangUp();
      else if (answer.kind !== 'done') return this.#act(answer);
    }
    this.#report('OK');
  }

  /** What ends a command line: an error, or something about the telephone line. */
  #act(answer: Exclude<CommandAnswer, { kind: 'done' | 'hang-up' }>): void {
    switch (answer.kind) {
      case 'error':
        return this.#report('ERROR');
      case 'reset':
        this.#hangUp();
        return this.#report('OK');
      case 'dial':
        return this.#dial(answer.digits);
      case 'answer':
        return this.#pickUp();
      case 'online':
        return this.#goOnline();
      default:
        return answer satisfies never;
    }
  }

  #dial(digits: string): void {
    if (this.#state.kind === 'online-command') return this.#report('ERROR');
    if (this.#state.kind === 'ringing') this.#state.cancel();
    const dialMs = diallingMs(digits, (number) => this.#profile.register(number));
    if (digits.endsWith(';')) {
      this.#state = { kind: 'dialling', cancel: this.#line.clock.after(dialMs, () => this.#dropCall('OK')) };
      return;
    }
    const { result, afterMs } = placeCall(digits, this.#profile.register(registers.carrierSeconds));
    const outcome = (): void => {
      if (result === 'CONNECT') return this.#connect();
      this.#dropCall(result);
      if (digits.endsWith(callBackNumber)) this.#later(callBackMs, () => this.#ring(1));
    };
    this.#state = { kind: 'dialling', cancel: this.#line.clock.after(dialMs + afterMs, outcome) };
  }

  #connect(): void {
    const remote = this.#answer({
      now: () => this.#line.clock.now(),
      say: (text) => this.#line.send(asciiBytes(text)),
      hangUp: () => this.#later(lastWordsMs, () => this.#dropCall('NO CARRIER')),
    });
    this.#line.setInputs({ dcd: true, ri: false });
    this.#report('CONNECT');
    this.#state = { kind: 'online', remote };
    this.#escape.reset();
    this.#later(firstWordsMs, () => remote.start());
  }

  #ring(rings: number): void {
    if (this.#state.kind !== 'on-hook' && this.#state.kind !== 'ringing') return;
    if (rings > patienceRings) return this.#dropCall(undefined);
    this.#profile.setRegister(registers.ringCount, rings);
    this.#line.setInputs({ ri: true });
    this.#report('RING');
    const answerAt = this.#profile.register(registers.ringsToAnswer);
    const next = (): void => (answerAt !== 0 && rings >= answerAt ? this.#pickUp() : this.#ring(rings + 1));
    const pause = (): void => {
      this.#line.setInputs({ ri: false });
      this.#state = { kind: 'ringing', rings, cancel: this.#line.clock.after(ringEveryMs - ringMs, next) };
    };
    this.#state = { kind: 'ringing', rings, cancel: this.#line.clock.after(ringMs, pause) };
  }

  #pickUp(): void {
    if (this.#state.kind === 'online-command') return this.#report('ERROR');
    const isCalled = this.#state.kind === 'ringing';
    if (this.#state.kind === 'ringing') this.#state.cancel();
    this.#line.setInputs({ ri: false });
    const waitMs = isCalled ? handshakeMs : this.#profile.register(registers.carrierSeconds) * 1000;
    const outcome = (): void => (isCalled ? this.#connect() : this.#dropCall('NO CARRIER'));
    this.#state = { kind: 'dialling', cancel: this.#line.clock.after(waitMs, outcome) };
  }

  #goOnline(): void {
    if (this.#state.kind !== 'online-command') return this.#report('NO CARRIER');
    this.#report('CONNECT');
    this.#state = { kind: 'online', remote: this.#state.remote };
    this.#escape.reset();
  }

  #escapeToCommands(): void {
    if (this.#state.kind !== 'online') return;
    this.#state = { kind: 'online-command', remote: this.#state.remote };
    this.#commandLine.clear();
    this.#report('OK');
  }

  /** Every call ends here. */
  #dropCall(result: ModemResult | undefined): void {
    this.close();
    this.#commandLine.clear();
    this.#profile.setRegister(registers.ringCount, 0);
    this.#line.setInputs({ dcd: false, ri: false });
    if (result !== undefined) this.#report(result);
  }

  #hangUp(): void {
    if (this.#state.kind === 'online-command') this.#dropCall(undefined);
  }

  #later(ms: number, run: () => void): void {
    this.#cancelLater();
    this.#cancelLater = this.#line.clock.after(ms, run);
  }

  #report(result: ModemResult): void {
    if (this.#profile.switch('Q') === 1) return;
    const { word, number } = resultText(result, this.#line.settings.baudRate, this.#profile.switch('X'));
    const end = String.fromCharCode(this.#profile.register(registers.carriageReturn));
    if (this.#profile.switch('V') === 0) this.#line.send(asciiBytes(`${number}${end}`));
    else this.#sayLines([word]);
  }

  #sayLines(lines: readonly string[]): void {
    const end = String.fromCharCode(
      this.#profile.register(registers.carriageReturn),
      this.#profile.register(registers.lineFeed),
    );
    this.#line.send(asciiBytes(`${end}${lines.join(end)}${end}`));
  }
}
