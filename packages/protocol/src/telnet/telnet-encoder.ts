import { doubleEscapes } from './double-escapes.ts';
import { iac, type TelnetVerb, telnetCommands } from './telnet-codes.ts';

export function encodeNegotiation(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(iac, telnetCommands[verb], option);
}

/** @param body the option and its value */
export function encodeSubnegotiation(body: Uint8Array): Uint8Array {
  const escaped = doubleEscapes(body);
  const bytes = new Uint8Array(escaped.length + 4);
  bytes.set([iac, telnetCommands.sb]);
  bytes.set(escaped, 2);
  bytes.set([iac, telnetCommands.se], escaped.length + 2);
  return bytes;
}
