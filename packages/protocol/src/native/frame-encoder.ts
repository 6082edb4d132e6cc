import { writeU64 } from './body.ts';
import { dataType, type Message, messageTable } from './message-table.ts';

/**
 * A frame is a header and a body:
 *
 *     u8 type, u8 flags (0), u16 channel, u32 length of the body; big endian
 */
export const headerBytes = 8;

/** A DATA frame's header together with the offset that begins its body. */
export const dataHeaderBytes: number = headerBytes + 8;

export const maxChannel = 0xffff;

/** One whole frame. */
export function encodeMessage(channel: number, message: Message): Uint8Array {
  const { type, ...fields } = message;
  const { byte, body } = messageTable[type];
  // The union of all bodies has no common encode; the table pairs each name with its own.
  const encoded = (body as { encode(fields: object): Uint8Array }).encode(fields);
  const frame = new Uint8Array(headerBytes + encoded.length);
  writeHeader(new DataView(frame.buffer), byte, channel, encoded.length);
  frame.set(encoded, headerBytes);
  return frame;
}

const dataHeader = new Uint8Array(dataHeaderBytes);
const dataHeaderView = new DataView(dataHeader.buffer);

/** What stands before `length` data bytes that begin at `offset`. The memory is valid until the next call. */
export function encodeDataHeader(channel: number, offset: number, length: number): Uint8Array {
  writeHeader(dataHeaderView, dataType, channel, 8 + length);
  writeU64(dataHeaderView, headerBytes, offset);
  return dataHeader;
}

function writeHeader(view: DataView, byte: number, channel: number, length: number): void {
  view.setUint8(0, byte);
  view.setUint16(2, channel);
  view.setUint32(4, length);
}
