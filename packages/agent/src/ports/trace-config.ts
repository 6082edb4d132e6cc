/** A file that is kept of what passes a port while it has sessions. */
export interface TraceConfig {
  /** An absolute path with ser2net's escapes, see `expandFileName`. */
  readonly file: string;
  readonly data: 'received' | 'written' | 'both';
  /** Eight bytes a line, in hexadecimal digits. */
  readonly hexdump: boolean;
  readonly timestamps: boolean;
}
