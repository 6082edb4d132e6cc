import { doubleEscapes, encodeNullmodemState, NullmodemDecoder, type NullmodemState } from '@sercli/protocol';
import type { LinkEvent } from '../serial-link.ts';
import { LinkPort } from './link-port.ts';
import type { Translator, TranslatorSession } from './translator.ts';

/**
 * DOSBox's escaped stream. Each piece leaves in a write of its own that is smaller than a segment, because DOSBox takes an
 * escape that is torn for a false break.
 */
export class NullmodemTranslator implements Translator {
  readonly protocol = 'nullmodem';
  readonly mayGive = true;
  /** Twice as many, when all are escaped, fit into a segment of any network. */
  readonly giveBytes = 512;
  readonly #session: TranslatorSession;
  readonly #port: LinkPort;
  readonly #decoder: NullmodemDecoder;
  /** What the client was told, and what it has asked for. */
  #told: NullmodemState | undefined;
  #asked: Partial<NullmodemState> = {};
  #isStopped = false;

  constructor(session: TranslatorSession, allowsSettings: boolean) {
    this.#session = session;
    this.#port = new LinkPort({ session, allowsSettings });
    this.#decoder = new NullmodemDecoder({
      data: (bytes) => session.toDevice(bytes),
      state: (state) => this.#apply(state),
    });
  }

  start(): void {
    this.#tell();
    void this.#port.probe().then(() => this.#tell());
  }

  take(bytes: Uint8Array): void {
    this.#decoder.receive(bytes);
  }

  clientEnded(): void {
    // An escape that was begun has no meaning, and data is never held back.
  }

  give(bytes: Uint8Array): void {
    this.#session.sendApart(doubleEscapes(bytes));
  }

  event(event: LinkEvent): boolean {
    switch (event.kind) {
      case 'lines':
      case 'state':
        this.#tell();
        return true;
      case 'break':
        this.#send({ ...this.#state, break: true });
        this.#send(this.#state);
        return true;
      default:
        return false;
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /**
   * How the inputs of the port are, crossed as the cable of a null modem does it. DOSBox lets no program send that waits
   * for CTS or DSR, so both are on where the device has no lines that could be, as long as it is there.
   */
  get #state(): NullmodemState {
    const { cts, dsr } = this.#port.lines;
    const isOn = this.#port.isWithoutLines && !this.#port.isAway;
    return { rts: cts || isOn, dtr: dsr || isOn, break: false };
  }

  #tell(): void {
    const state = this.#state;
    if (this.#isStopped || (this.#told?.rts === state.rts && this.#told.dtr === state.dtr)) return;
    this.#told = state;
    this.#send(state);
  }

  #send(state: NullmodemState): void {
    this.#session.sendApart(encodeNullmodemState(state));
  }

  /** DOSBox tells its whole state each time; only what has changed is asked for. */
  #apply(state: NullmodemState): void {
    const { rts, dtr, break: isBreaking } = state;
    const step = {
      ...(rts === this.#asked.rts ? {} : { rts }),
      ...(dtr === this.#asked.dtr ? {} : { dtr }),
      ...(isBreaking === (this.#asked.break ?? false) ? {} : { break: isBreaking }),
    };
    this.#asked = state;
    if (Object.keys(step).length > 0) this.#port.setLines(step);
  }
}
