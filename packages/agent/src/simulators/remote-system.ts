/** The telephone line as the system at its other end sees it. */
export interface Caller {
  /** Milliseconds, as the clock of the modem says. */
  now(): number;
  say(text: string): void;
  hangUp(): void;
}

/** Whoever answers the telephone. */
export interface RemoteSystem {
  /** The carrier is there. */
  start(): void;
  receive(byte: number): void;
}
