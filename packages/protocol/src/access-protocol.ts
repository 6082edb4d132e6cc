/** What a client of an accepter can speak; `auto` finds out. */
export const accessProtocols = ['auto', 'raw', 'telnet', 'rfc2217', 'nullmodem'] as const;
export type AccessProtocol = (typeof accessProtocols)[number];
