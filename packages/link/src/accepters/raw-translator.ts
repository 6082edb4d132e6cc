import type { Translator, TranslatorSession } from './translator.ts';

/** The bytes and nothing else. */
export class RawTranslator implements Translator {
  readonly protocol = 'raw';
  readonly mayGive = true;
  readonly giveBytes = 65_536;
  readonly #session: TranslatorSession;

  constructor(session: TranslatorSession) {
    this.#session = session;
  }

  start(): void {
    // Nothing is said before the first byte.
  }

  take(bytes: Uint8Array): void {
    this.#session.toDevice(bytes);
  }

  clientEnded(): void {
    // Nothing is held back.
  }

  give(bytes: Uint8Array): void {
    this.#session.send(bytes);
  }

  event(): boolean {
    return false;
  }

  stop(): void {
    // Nothing is under way.
  }
}
