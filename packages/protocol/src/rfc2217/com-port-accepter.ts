import type { ModemLines } from '../modem-lines.ts';
import type { ComPort } from './com-port.ts';
import { answerOffset, comPortCommands, keyOfCode, lineStateBits, purgeCodes } from './com-port-codes.ts';
import { ComPortControl } from './com-port-control.ts';
import { ComPortSettings } from './com-port-settings.ts';
import { modemChanges, modemStateOf } from './com-port-state.ts';

const commands = comPortCommands;

/** What com-port control is served for, and how. */
export interface ComPortAccepterOptions {
  readonly port: ComPort;
  /** What a client is told when it asks who serves it. */
  readonly signature: string;
  /** Sends what is to stand in a subnegotiation, behind the option. */
  send(body: Uint8Array): void;
}

/** What may be told of the line in its place among the bytes. */
export type LineCondition = 'break' | 'parity' | 'framing' | 'overrun' | 'sent';

const bitsOfCondition: Readonly<Record<LineCondition, number>> = {
  break: lineStateBits.break,
  parity: lineStateBits.parity,
  framing: lineStateBits.framing,
  overrun: lineStateBits.overrun,
  sent: lineStateBits.holdingRegisterEmpty | lineStateBits.shiftRegisterEmpty,
};

/**
 * The serving end of RFC 2217 with one client. Every command is answered; what has no meaning is passed over.
 *
 * Gensio and pyserial wait for the answers and compare them with what they sent, so they are given whatever the port can do.
 */
export class ComPortAccepter {
  readonly #options: ComPortAccepterOptions;
  readonly #settings: ComPortSettings;
  readonly #control: ComPortControl;
  /** Section 3 of the RFC: nothing is told of the line until the client wants it, and everything of the modem lines. */
  #lineStateMask = 0;
  #modemStateMask = 255;
  /** As they were told. */
  #toldLines: ModemLines | undefined;

  constructor(options: ComPortAccepterOptions) {
    this.#options = options;
    this.#settings = new ComPortSettings(options.port, (command, value) => this.#answer(command, value));
    this.#control = new ComPortControl(options.port);
  }

  /** The client takes up com-port control: it is told how the modem lines are, since many wait for it. */
  agreed(): void {
    this.#tellModemState();
  }

  /** @param body what stood in the subnegotiation, behind the option */
  receive(body: Uint8Array): void {
    const command = body[0];
    if (command === undefined) return;
    const value = body.subarray(1);
    if (!this.#settings.receive(command, value)) this.#receive(command, value);
  }

  /** An input or output is another one than before. */
  linesChanged(lines: ModemLines): void {
    const before = this.#toldLines;
    // Nothing is agreed yet.
    if (before === undefined) return;
    const changes = modemChanges(before, lines);
    this.#toldLines = lines;
    // The bits of both halves stand in the same order. A ring that begins changes a state, and has no bit for that.
    const statesChanged = (modemStateOf(before) ^ modemStateOf(lines)) | changes;
    if ((statesChanged & this.#modemStateMask) === 0) return;
    this.#notify(commands.notifyModemState, (modemStateOf(lines) | changes) & this.#modemStateMask);
  }

  /** @returns whether the client wants to know it, and was told */
  lineCondition(condition: LineCondition): boolean {
    const bits = bitsOfCondition[condition] & this.#lineStateMask;
    if (bits === 0 || this.#toldLines === undefined) return false;
    this.#notify(commands.notifyLineState, bits);
    return true;
  }

  #receive(command: number, value: Uint8Array): void {
    const { port, signature } = this.#options;
    switch (command) {
      case commands.signature:
        return this.#answer(command, new TextEncoder().encode(signature));
      case commands.notifyLineState:
        return this.#notify(command, 0);
      case commands.notifyModemState:
        return this.#tellModemState();
      case commands.suspend:
        return port.suspend(true);
      case commands.resume:
        return port.suspend(false);
      default:
        if (value[0] !== undefined) this.#receiveCode(command, value[0]);
    }
  }

  #receiveCode(command: number, code: number): void {
    switch (command) {
      case commands.setControl: {
        const answer = this.#control.receive(code);
        if (answer !== undefined) this.#answer(command, Uint8Array.of(answer));
        return;
      }
      case commands.setLineStateMask:
        this.#lineStateMask = code;
        return this.#answer(command, Uint8Array.of(code));
      case commands.setModemStateMask:
        this.#modemStateMask = code;
        this.#answer(command, Uint8Array.of(code));
        if (code !== 0) this.#tellModemState();
        return;
      case commands.purgeData:
        return this.#purge(code);
      default:
        // Not a command of a client.
        return;
    }
  }

  #purge(code: number): void {
    const answer = (): void => this.#answer(commands.purgeData, Uint8Array.of(code));
    const queue = keyOfCode(purgeCodes, code);
    if (queue === undefined) answer();
    else this.#options.port.purge(queue, answer);
  }

  #tellModemState(): void {
    const { lines } = this.#options.port;
    const changes = modemChanges(this.#toldLines ?? lines, lines);
    this.#toldLines = lines;
    this.#notify(commands.notifyModemState, (modemStateOf(lines) | changes) & this.#modemStateMask);
  }

  #notify(command: number, state: number): void {
    this.#answer(command, Uint8Array.of(state));
  }

  #answer(command: number, value: Uint8Array): void {
    this.#options.send(Uint8Array.of(command + answerOffset, ...value));
  }
}
