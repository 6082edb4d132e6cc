import {
  type ComPort,
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  noModemLines,
  type SequenceStep,
  SercliError,
  type SettingsOutcome,
} from '@sercli/protocol';
import type { TranslatorSession } from './translator.ts';

/**
 * A client is answered after so many milliseconds at the latest, whether the device has done what it was asked or still
 * sends what was written before: pyserial waits for 3 s, others for less.
 */
const answerMs = 500;

export interface LinkPortOptions {
  readonly session: TranslatorSession;
  /** False: what a client sets is not applied. */
  readonly allowsSettings: boolean;
}

/** A link as its client controls it: everything in its place among the bytes, and nothing that fails is told as an error. */
export class LinkPort implements ComPort {
  readonly #session: TranslatorSession;
  readonly #allowsSettings: boolean;
  #isWithoutLines = false;
  #isSuspended = false;
  /** Purges under way: what the link gives now may have to be discarded. */
  #purges = 0;

  constructor({ session, allowsSettings }: LinkPortOptions) {
    this.#session = session;
    this.#allowsSettings = allowsSettings;
  }

  get settings(): LineSettings {
    return this.#session.link.settings;
  }

  /** All off while the device is away. */
  get lines(): ModemLines {
    return this.isAway ? noModemLines : this.#session.link.lines;
  }

  /** The device has gone, and may come back. */
  get isAway(): boolean {
    return this.#session.link.state.kind === 'lost';
  }

  /** The device is known to have no modem lines. */
  get isWithoutLines(): boolean {
    return this.#isWithoutLines;
  }

  /** False: nothing is to be given to the client now. */
  get mayGive(): boolean {
    return !this.#isSuspended && this.#purges === 0;
  }

  /** Finds out whether the device has modem lines: a step that sets nothing is refused where there are none. */
  async probe(): Promise<void> {
    if (!this.#session.link.hasControl) return;
    try {
      await this.#session.link.runSequence([{}]);
    } catch (error) {
      this.#isWithoutLines = error instanceof SercliError && error.code === 'no-modem-lines';
    }
  }

  configure(change: LineSettingsChange, settled: (outcome: SettingsOutcome) => void): void {
    if (!this.#mayApply) return settled('as-asked');
    const stopWaiting = this.#session.clock.after(answerMs, () => settled('as-asked'));
    this.#session.inOrder(async () => {
      const outcome = await this.#configure(change);
      stopWaiting();
      settled(outcome);
    });
  }

  setLines(step: SequenceStep, applied: () => void = () => undefined): void {
    if (this.#mayApply) this.#run([step], applied);
  }

  /** A break of `ms`, which does not depend on whether the client may set anything. */
  sendBreak(ms: number): void {
    this.#run([{ break: true, waitMs: ms }, { break: false }], () => undefined);
  }

  purge(queue: FlushQueue, done: () => void): void {
    if (queue !== 'received') this.#session.discardUnwritten();
    void this.#purge(queue, done);
  }

  suspend(isSuspended: boolean): void {
    this.#isSuspended = isSuspended;
    this.#session.resume();
  }

  get #mayApply(): boolean {
    return this.#allowsSettings && this.#session.link.hasControl;
  }

  async #configure(change: LineSettingsChange): Promise<SettingsOutcome> {
    const { link } = this.#session;
    try {
      const settings = await link.configure(change);
      // What has no line has no format: a pseudo terminal is always 8N1, and carries what programs of other formats say.
      return this.#isWithoutLines && change.baudRate === undefined ? 'as-asked' : settings;
    } catch {
      // Whatever the reason is, the client is told what is in force instead.
      return link.hasControl ? link.settings : 'as-asked';
    }
  }

  #run(steps: readonly SequenceStep[], applied: () => void): void {
    // A device that cannot do it leaves what was asked remembered; RFC 2217 has no answer that says so.
    this.#session.inOrder(() => this.#session.link.runSequence(steps).then(applied, () => undefined));
  }

  async #purge(queue: FlushQueue, done: () => void): Promise<void> {
    this.#purges += 1;
    let isAnswered = false;
    const answer = (): void => {
      if (!isAnswered) done();
      isAnswered = true;
    };
    const stopWaiting = this.#session.clock.after(answerMs, answer);
    // What cannot be discarded, because somebody else controls the port, is not the client's.
    await this.#session.link.flush(queue).catch(() => undefined);
    stopWaiting();
    this.#purges -= 1;
    answer();
    this.#session.resume();
  }
}
