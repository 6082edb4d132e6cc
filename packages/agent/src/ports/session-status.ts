import type { Holder } from './port-control.ts';

/** How a session stands. */
export interface SessionStatus {
  readonly holder: Holder;
  readonly role: 'control' | 'monitor';
  readonly since: Date;
  /** Nothing carries the session to its client since then. */
  readonly cutSince?: Date;
  /** Bytes of the device that it has read, and bytes that the device has taken of it. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Bytes of the log that it has not read yet. */
  readonly lagBytes: number;
  /** Bytes that it was told it has missed, and how often; how many are missing is not always known. */
  readonly gapBytes: number;
  readonly gaps: number;
}

/** What a session counts. */
export class SessionCounts {
  readonly #since = new Date();
  #readBytes = 0;
  #gapBytes = 0;
  #gaps = 0;

  get status(): Pick<SessionStatus, 'since' | 'readBytes' | 'gapBytes' | 'gaps'> {
    return { since: this.#since, readBytes: this.#readBytes, gapBytes: this.#gapBytes, gaps: this.#gaps };
  }

  read(bytes: number): void {
    this.#readBytes += bytes;
  }

  missed(bytes: number | undefined): void {
    this.#gaps += 1;
    this.#gapBytes += bytes ?? 0;
  }
}
