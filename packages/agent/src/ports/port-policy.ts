/** How a port is served. */
export interface PortPolicy {
  /** Open from the start of the agent to its end. */
  readonly keepOpen: boolean;
  /** Milliseconds that the device stays open after the last session. */
  readonly lingerMs: number;
  /** How much of what the device sent last is kept, in bytes. */
  readonly logBytes: number;
  /** What becomes of a session that reads so late that the log has forgotten bytes for it. */
  readonly onOverflow: 'gap' | 'disconnect';
  /** Milliseconds that a device which can wait is not read while who controls the port reads nothing. */
  readonly holdMs: number;
  /** Milliseconds that a session is kept for a client that was cut off, or for a device that is lost. */
  readonly graceMs: number;
}

export const defaultPortPolicy: PortPolicy = {
  keepOpen: false,
  lingerMs: 0,
  logBytes: 4 * 1024 * 1024,
  onOverflow: 'gap',
  holdMs: 10_000,
  graceMs: 600_000,
};
