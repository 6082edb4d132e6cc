/**
 * What a program may speak to a port that is served over plain TCP.
 *
 * - `auto`: one of the others, told by what the client sends first
 * - `raw`: the bytes and nothing else
 * - `telnet`: bytes with telnet's commands among them (RFC 854)
 * - `rfc2217`: telnet that carries line settings, modem lines and breaks too (RFC 2217)
 * - `nullmodem`: DOSBox's escaped stream, with RTS, DTR, CTS, DSR and breaks
 */
export const accessProtocols = ['auto', 'raw', 'telnet', 'rfc2217', 'nullmodem'] as const;

/** One of `accessProtocols`. */
export type AccessProtocol = (typeof accessProtocols)[number];

/** What is spoken, once that is decided. */
export type SpokenProtocol = Exclude<AccessProtocol, 'auto'>;
