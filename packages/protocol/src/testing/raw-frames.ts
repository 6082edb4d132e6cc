import { joinBytes } from './byte-sequences.ts';

/** A frame's parts as numbers, so that a test can make any of them wrong. */
export interface RawFrame {
  readonly type: number;
  readonly flags?: number;
  readonly channel?: number;
  /** Said in the header; the length of the body unless it is given. */
  readonly length?: number;
  readonly body?: Uint8Array;
}

export function rawFrame({ type, flags = 0, channel = 0, body = new Uint8Array(0), length }: RawFrame): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint8(0, type);
  view.setUint8(1, flags);
  view.setUint16(2, channel);
  view.setUint32(4, length ?? body.length);
  return joinBytes([header, body]);
}

/** A body of UTF-8 text. */
export function textBody(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function jsonBodyOf(value: unknown): Uint8Array {
  return textBody(JSON.stringify(value));
}
