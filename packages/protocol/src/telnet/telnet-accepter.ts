import { doubleEscapes } from './double-escapes.ts';
import { OptionNegotiation } from './option-negotiation.ts';
import { telnetCommands, telnetOptions } from './telnet-codes.ts';
import { TelnetDecoder } from './telnet-decoder.ts';
import { encodeNegotiation, encodeSubnegotiation } from './telnet-encoder.ts';

const { binary, echo, suppressGoAhead, comPort } = telnetOptions;

/** What happens on the serving end of a telnet connection. */
export interface TelnetAccepterHandlers {
  send(bytes: Uint8Array): void;
  /** The memory is that of the bytes that came, or new. */
  data(bytes: Uint8Array): void;
  break(): void;
  /** The place of a synch. */
  dataMark(): void;
  areYouThere(): void;
  /** The client takes up com-port control, and how it is told of by RFC 2217. */
  comPortAgreed(): void;
  /** What stood in a subnegotiation of com-port control, behind the option. */
  comPort(command: Uint8Array): void;
}

/** `refused`: no com-port control. `accepted`: to clients that ask. `offered`: in the opening. */
export type ComPortOffer = 'refused' | 'accepted' | 'offered';

/**
 * The serving end of telnet: the opening of ser2net, which makes every known client send each character when it is typed,
 * and all eight bits of it. Newlines are never translated, whether BINARY is agreed or not: clients expect that.
 */
export class TelnetAccepter {
  readonly #handlers: TelnetAccepterHandlers;
  readonly #offer: ComPortOffer;
  readonly #negotiation: OptionNegotiation;
  readonly #decoder: TelnetDecoder;
  #hasComPort = false;

  constructor(offer: ComPortOffer, handlers: TelnetAccepterHandlers) {
    this.#handlers = handlers;
    this.#offer = offer;
    const comPorts = offer === 'refused' ? [] : [comPort];
    this.#negotiation = new OptionNegotiation(
      {
        us: new Set([binary, echo, suppressGoAhead, ...comPorts]),
        peer: new Set([binary, suppressGoAhead, ...comPorts]),
      },
      {
        send: (verb, option) => handlers.send(encodeNegotiation(verb, option)),
        changed: (side, option, isOn) => {
          if (side === 'peer' && option === comPort && isOn) this.#comPortAgreed();
        },
      },
    );
    this.#decoder = new TelnetDecoder({
      data: (bytes) => handlers.data(bytes),
      command: (command) => this.#command(command),
      negotiation: (verb, option) => this.#negotiation.receive(verb, option),
      subnegotiation: (body) => this.#subnegotiation(body),
    });
  }

  /** Sends the opening. */
  start(): void {
    this.#negotiation.ask('us', suppressGoAhead);
    this.#negotiation.ask('peer', suppressGoAhead);
    this.#negotiation.ask('us', echo);
    // Said without being asked, against RFC 1143, because ser2net says it.
    this.#handlers.send(encodeNegotiation('dont', echo));
    this.#negotiation.ask('peer', binary);
    this.#negotiation.ask('us', binary);
    if (this.#offer === 'offered') this.#negotiation.ask('peer', comPort);
  }

  receive(bytes: Uint8Array): void {
    this.#decoder.receive(bytes);
  }

  /** Data as it is sent; where nothing has to be escaped, the same memory. */
  encode(bytes: Uint8Array): Uint8Array {
    return doubleEscapes(bytes);
  }

  /** @param command what stands behind the option in a subnegotiation of com-port control */
  sendComPort(command: Uint8Array): void {
    this.#handlers.send(encodeSubnegotiation(Uint8Array.of(comPort, ...command)));
  }

  #command(command: number): void {
    if (command === telnetCommands.break) this.#handlers.break();
    else if (command === telnetCommands.dataMark) this.#handlers.dataMark();
    else if (command === telnetCommands.areYouThere) this.#handlers.areYouThere();
  }

  #subnegotiation(body: Uint8Array): void {
    if (body[0] !== comPort || this.#offer === 'refused') return;
    // Some clients do not wait for the agreement, or do without it.
    this.#comPortAgreed();
    this.#handlers.comPort(body.subarray(1));
  }

  #comPortAgreed(): void {
    if (this.#hasComPort) return;
    this.#hasComPort = true;
    this.#handlers.comPortAgreed();
  }
}

/** What a `TelnetAccepter` sends first. */
export function telnetOpening(offer: ComPortOffer): Uint8Array {
  const opening: number[] = [];
  const ignore = (): void => undefined;
  const accepter = new TelnetAccepter(offer, {
    send: (bytes) => void opening.push(...bytes),
    ...{ data: ignore, break: ignore, dataMark: ignore, areYouThere: ignore, comPortAgreed: ignore, comPort: ignore },
  });
  accepter.start();
  return Uint8Array.from(opening);
}
