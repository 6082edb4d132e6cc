import type { LineSettings } from '@sercli/protocol';
import { expandText, gensioAddress } from '../ser2net/banner-text.ts';

/** What is known where a text of an accepter is sent. */
export interface TextPlace {
  readonly port: string;
  readonly device: string;
  /** Where the client has connected: `127.0.0.1:3333`. */
  readonly address: string;
  /** The client's own address. */
  readonly remoteAddress: string;
  readonly settings?: LineSettings;
}

/** A template as the bytes that are sent. */
export function textBytes(
  template: string,
  { port: name, device, address, remoteAddress, settings }: TextPlace,
): Uint8Array {
  const remote = gensioAddress(remoteAddress);
  return expandText(template, { name, device, accepter: address, remoteAddress: remote, settings, now: new Date() });
}
