import { AccessDetector, type AccessProtocol, detectionMs, type SpokenProtocol } from '@sercli/protocol';
import type { LinkEvent } from '../serial-link.ts';
import type { Translator, TranslatorSession } from './translator.ts';

export interface AutoTranslatorOptions {
  make(protocol: SpokenProtocol): Translator;
  decided(protocol: SpokenProtocol): void;
}

/** Waits for the client to show what it speaks. Until then nothing is sent to it, and nothing of it to the device. */
export class AutoTranslator implements Translator {
  readonly #session: TranslatorSession;
  readonly #options: AutoTranslatorOptions;
  readonly #detector = new AccessDetector();
  #held: Uint8Array[] = [];
  #decided: Translator | undefined;
  #stopWaiting: () => void = () => undefined;

  constructor(session: TranslatorSession, options: AutoTranslatorOptions) {
    this.#session = session;
    this.#options = options;
  }

  get protocol(): AccessProtocol {
    return this.#decided?.protocol ?? 'auto';
  }

  get mayGive(): boolean {
    return this.#decided?.mayGive ?? false;
  }

  get giveBytes(): number {
    return this.#decided?.giveBytes ?? 0;
  }

  start(): void {
    this.#stopWaiting = this.#session.clock.after(detectionMs, () => this.#decide(this.#detector.timeUp()));
  }

  take(bytes: Uint8Array): void {
    if (this.#decided !== undefined) return this.#decided.take(bytes);
    this.#held.push(bytes);
    const protocol = this.#detector.receive(bytes);
    if (protocol !== undefined) this.#decide(protocol);
  }

  clientEnded(): void {
    if (this.#decided === undefined) this.#decide(this.#detector.timeUp());
    this.#decided?.clientEnded();
  }

  give(bytes: Uint8Array): void {
    this.#decided?.give(bytes);
  }

  event(event: LinkEvent): boolean {
    return this.#decided?.event(event) ?? false;
  }

  stop(): void {
    this.#stopWaiting();
    this.#decided?.stop();
  }

  #decide(protocol: SpokenProtocol): void {
    this.#stopWaiting();
    const translator = this.#options.make(protocol);
    this.#decided = translator;
    // Before what it holds, so that an agreement which is in there is told behind the decision.
    this.#options.decided(protocol);
    translator.start();
    for (const bytes of this.#held) translator.take(bytes);
    this.#held = [];
    this.#session.resume();
  }
}
