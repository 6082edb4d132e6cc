import { ComPortAccepter, type ComPortOffer, TelnetAccepter } from '@sercli/protocol';
import type { LinkEvent } from '../serial-link.ts';
import { LinkPort } from './link-port.ts';
import type { Translator, TranslatorSession } from './translator.ts';

/** How long a break is that a telnet client asks for, in milliseconds: as tcsendbreak(3) makes it, at least. */
const breakMs = 250;

type TelnetProtocol = 'telnet' | 'rfc2217';

export interface TelnetTranslatorOptions {
  /** What is said to be spoken until the client takes up com-port control. */
  readonly protocol: TelnetProtocol;
  readonly comPort: ComPortOffer;
  readonly allowsSettings: boolean;
  readonly breakOnSync: boolean;
  readonly signature: string;
  /** The client takes up com-port control. */
  comPortAgreed?(): void;
}

/** Telnet, and within it RFC 2217 for clients that take up com-port control. */
export class TelnetTranslator implements Translator {
  readonly giveBytes = 65_536;
  readonly #session: TranslatorSession;
  readonly #options: TelnetTranslatorOptions;
  readonly #port: LinkPort;
  readonly #telnet: TelnetAccepter;
  readonly #comPort: ComPortAccepter;
  #protocol: TelnetProtocol;
  #isStopped = false;

  constructor(session: TranslatorSession, options: TelnetTranslatorOptions) {
    this.#session = session;
    this.#options = options;
    this.#protocol = options.protocol;
    this.#port = new LinkPort({ session, allowsSettings: options.allowsSettings });
    this.#telnet = this.#telnetAccepter();
    this.#comPort = new ComPortAccepter({
      port: this.#port,
      signature: options.signature,
      send: (body) => {
        if (!this.#isStopped) this.#telnet.sendComPort(body);
      },
    });
  }

  get protocol(): TelnetProtocol {
    return this.#protocol;
  }

  get mayGive(): boolean {
    return this.#port.mayGive;
  }

  start(): void {
    this.#telnet.start();
  }

  take(bytes: Uint8Array): void {
    this.#telnet.receive(bytes);
  }

  clientEnded(): void {
    // A command that was begun has no end, and data is never held back.
  }

  give(bytes: Uint8Array): void {
    this.#session.send(this.#telnet.encode(bytes));
  }

  event(event: LinkEvent): boolean {
    switch (event.kind) {
      case 'lines':
      case 'state':
        this.#comPort.linesChanged(this.#port.lines);
        return true;
      case 'break':
        return this.#comPort.lineCondition('break');
      case 'line-error':
        return this.#comPort.lineCondition(event.error);
      case 'gap':
        return this.#comPort.lineCondition('overrun');
      case 'drained':
        return this.#comPort.lineCondition('sent');
      default:
        return false;
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #telnetAccepter(): TelnetAccepter {
    const { comPort, breakOnSync } = this.#options;
    return new TelnetAccepter(comPort, {
      send: (bytes) => this.#session.send(bytes),
      data: (bytes) => this.#session.toDevice(bytes),
      break: () => this.#port.sendBreak(breakMs),
      dataMark: () => {
        if (breakOnSync) this.#port.sendBreak(breakMs);
      },
      areYouThere: () => this.give(new TextEncoder().encode(`\r\n[${this.#session.link.info.name}: yes]\r\n`)),
      comPortAgreed: () => this.#comPortAgreed(),
      comPort: (command) => this.#comPort.receive(command),
    });
  }

  #comPortAgreed(): void {
    this.#protocol = 'rfc2217';
    void this.#port.probe();
    this.#comPort.agreed();
    this.#options.comPortAgreed?.();
  }
}
