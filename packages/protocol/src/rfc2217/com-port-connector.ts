import { doubleEscapes } from '../telnet/double-escapes.ts';
import { OptionNegotiation } from '../telnet/option-negotiation.ts';
import { telnetOptions } from '../telnet/telnet-codes.ts';
import { TelnetDecoder } from '../telnet/telnet-decoder.ts';
import { encodeNegotiation, encodeSubnegotiation } from '../telnet/telnet-encoder.ts';
import { answerOffset, comPortCommands } from './com-port-codes.ts';

const { binary, echo, suppressGoAhead, comPort } = telnetOptions;

/** What happens on the dialling end of a connection. */
export interface ComPortConnectorHandlers {
  send(bytes: Uint8Array): void;
  data(bytes: Uint8Array): void;
  /** The server agrees to com-port control; commands may be sent. */
  agreed(): void;
  /** The answer to one of `comPortCommands`, with the value that is in force. */
  answered(command: number, value: Uint8Array): void;
  /** `modemStateBits` */
  modemState(state: number): void;
  /** `lineStateBits`, at their place among the bytes */
  lineState(state: number): void;
  /** The server wants to be sent no data, or data again. */
  suspended(isSuspended: boolean): void;
}

/** The dialling end of RFC 2217. It opens as pyserial does. */
export class ComPortConnector {
  readonly #handlers: ComPortConnectorHandlers;
  readonly #negotiation: OptionNegotiation;
  readonly #decoder: TelnetDecoder;

  constructor(handlers: ComPortConnectorHandlers) {
    this.#handlers = handlers;
    const both = [binary, suppressGoAhead, comPort];
    this.#negotiation = new OptionNegotiation(
      { us: new Set(both), peer: new Set([...both, echo]) },
      {
        send: (verb, option) => handlers.send(encodeNegotiation(verb, option)),
        changed: (side, option, isOn) => {
          if (side === 'us' && option === comPort && isOn) handlers.agreed();
        },
      },
    );
    this.#decoder = new TelnetDecoder({
      data: (bytes) => handlers.data(bytes),
      command: () => undefined,
      negotiation: (verb, option) => this.#negotiation.receive(verb, option),
      subnegotiation: (body) => this.#subnegotiation(body),
    });
  }

  /** Sends the opening. */
  start(): void {
    this.#negotiation.ask('peer', echo);
    this.#negotiation.ask('us', suppressGoAhead);
    this.#negotiation.ask('peer', suppressGoAhead);
    this.#negotiation.ask('peer', comPort);
    this.#negotiation.ask('us', comPort);
  }

  receive(bytes: Uint8Array): void {
    this.#decoder.receive(bytes);
  }

  write(bytes: Uint8Array): void {
    this.#handlers.send(doubleEscapes(bytes));
  }

  /** Sends one of `comPortCommands`. */
  command(command: number, value: Uint8Array = new Uint8Array(0)): void {
    this.#handlers.send(encodeSubnegotiation(Uint8Array.of(comPort, command, ...value)));
  }

  #subnegotiation(body: Uint8Array): void {
    if (body[0] !== comPort) return;
    const command = (body[1] ?? 0) - answerOffset;
    const value = body.subarray(2);
    switch (command) {
      case comPortCommands.notifyModemState:
        return this.#handlers.modemState(value[0] ?? 0);
      case comPortCommands.notifyLineState:
        return this.#handlers.lineState(value[0] ?? 0);
      case comPortCommands.suspend:
        return this.#handlers.suspended(true);
      case comPortCommands.resume:
        return this.#handlers.suspended(false);
      default:
        if (command >= 0) this.#handlers.answered(command, value);
    }
  }
}
