import type { Message, Role } from '../native/message-table.ts';
import type { FrameItem } from './frame-log.ts';

/** One frame of a wire version, as other implementations may use it too. DATA has its bytes as hex in `data`. */
export interface GoldenVector {
  readonly name: string;
  readonly sender: Role;
  readonly channel: number;
  readonly hex: string;
  readonly message: Message | { readonly type: 'data'; readonly offset: number; readonly data: string };
}

export function itemOf({ channel, message }: GoldenVector): FrameItem {
  if (message.type !== 'data') return { kind: 'message', channel, message };
  return { kind: 'data', channel, offset: message.offset, bytes: fromHex(message.data) };
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
