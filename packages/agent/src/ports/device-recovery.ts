import { type LineSettings, type SercliError, toSercliError } from '@sercli/protocol';
import type { Clock } from '../devices/clock.ts';
import type { DeviceLink } from '../devices/device-link.ts';

/** Between two tries to open a lost device: at first, and at most. */
const firstTryMs = 250;
const longestTryMs = 5_000;

/** What a device had in force when it went. */
export interface DeviceState {
  readonly settings: LineSettings;
  readonly outputs: { readonly dtr: boolean; readonly rts: boolean };
}

/** A port whose device may be lost. */
export interface RecoveringPort {
  /** Looks at the devices of the machine again. */
  look(): Promise<void>;
  /** As the last look found it. */
  isPresent(): boolean;
  /** Opens the device and puts it into the state that it was in. */
  reopen(state: DeviceState): Promise<void>;
  /** The device is there and could not be opened; told once for each reason. */
  failed(error: SercliError): void;
  /** The device did not come back in time. */
  expired(error: SercliError): void;
}

interface Loss {
  readonly error: SercliError;
  readonly state: DeviceState;
  readonly stopGrace: () => void;
  /** What is to be asked of the device when it is back. */
  readonly questions: Question[];
}

interface Question {
  ask(source: DeviceLink): Promise<void>;
  refuse(error: SercliError): void;
}

/** Opens a lost device again as soon as it is back: looks for it now and then, and when it is told that it was seen. */
export class DeviceRecovery {
  readonly #port: RecoveringPort;
  readonly #clock: Clock;
  readonly #graceMs: number;
  #loss: Loss | undefined;
  #wake: (reason: 'seen' | 'over') => void = () => undefined;

  constructor(port: RecoveringPort, { clock, graceMs }: { clock: Clock; graceMs: number }) {
    this.#port = port;
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  /** Why the device is lost, while it is. */
  get error(): SercliError | undefined {
    return this.#loss?.error;
  }

  begin({ settings, lines }: DeviceLink, error: SercliError): void {
    this.stop();
    const state = { settings, outputs: { dtr: lines.dtr, rts: lines.rts } };
    const stopGrace = this.#clock.after(this.#graceMs, () => {
      this.stop();
      this.#port.expired(error);
    });
    this.#loss = { error, state, stopGrace, questions: [] };
    void this.#recover(this.#loss);
  }

  /** The device was seen. */
  seen(): void {
    this.#wake('seen');
  }

  /** Asks the device: at once, or when it is back. Rejects with the loss if it does not come back in time. */
  ask<Answer>(device: DeviceLink, question: (source: DeviceLink) => Promise<Answer>): Promise<Answer> {
    const loss = this.#loss;
    if (loss === undefined) return question(device);
    return new Promise((resolve, reject) => {
      loss.questions.push({ ask: (source) => question(source).then(resolve, reject), refuse: reject });
    });
  }

  /** The device is back. */
  back(source: DeviceLink): void {
    for (const { ask } of this.#end()) void ask(source);
  }

  /** Nobody waits for the device any more. */
  stop(): void {
    const error = this.error;
    const questions = this.#end();
    if (error !== undefined) for (const { refuse } of questions) refuse(error);
  }

  #end(): readonly Question[] {
    const { questions = [] } = this.#loss ?? {};
    this.#loss?.stopGrace();
    this.#loss = undefined;
    this.#wake('over');
    return questions;
  }

  async #recover(loss: Loss): Promise<void> {
    let toldFailure = '';
    for (let waitMs = firstTryMs; this.#loss === loss; waitMs = Math.min(2 * waitMs, longestTryMs)) {
      const reason = await this.#wokenOrAfter(waitMs);
      try {
        // Who has seen it has looked just now.
        if (this.#loss === loss && reason !== 'seen') await this.#port.look();
        if (this.#loss === loss && this.#port.isPresent()) await this.#port.reopen(loss.state);
      } catch (error) {
        const failure = toSercliError(error);
        if (failure.message !== toldFailure) this.#port.failed(failure);
        toldFailure = failure.message;
      }
    }
  }

  #wokenOrAfter(ms: number): Promise<'seen' | 'over' | 'waited'> {
    return new Promise((resolve) => {
      const stopWaiting = this.#clock.after(ms, () => resolve('waited'));
      this.#wake = (reason) => {
        stopWaiting();
        resolve(reason);
      };
    });
  }
}
