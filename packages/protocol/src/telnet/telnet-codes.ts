/** The escape byte. As a byte of data it is sent twice, within subnegotiations too. */
export const iac = 255;

/** What follows IAC (RFC 854; what is not listed here has no meaning that a port needs). */
export const telnetCommands = {
  /** Ends a subnegotiation. */
  se: 240,
  nop: 241,
  /** The place of a synch in the stream. */
  dataMark: 242,
  break: 243,
  interruptProcess: 244,
  abortOutput: 245,
  areYouThere: 246,
  eraseCharacter: 247,
  eraseLine: 248,
  goAhead: 249,
  /** Begins a subnegotiation: an option, its value, IAC SE. */
  sb: 250,
  /** The four verbs are followed by an option. */
  will: 251,
  wont: 252,
  do: 253,
  dont: 254,
} as const;

export const telnetOptions = {
  /** RFC 856: no newline is translated. */
  binary: 0,
  /** RFC 857: with `suppressGoAhead` it makes clients send each character when it is typed. */
  echo: 1,
  /** RFC 858 */
  suppressGoAhead: 3,
  /** RFC 2217 */
  comPort: 44,
} as const;

export type TelnetVerb = 'will' | 'wont' | 'do' | 'dont';

export function verbOf(command: number): TelnetVerb | undefined {
  switch (command) {
    case telnetCommands.will:
      return 'will';
    case telnetCommands.wont:
      return 'wont';
    case telnetCommands.do:
      return 'do';
    case telnetCommands.dont:
      return 'dont';
    default:
      return undefined;
  }
}
