import type { FrameHandlers } from '../native/frame-decoder.ts';
import { encodeDataHeader, encodeMessage } from '../native/frame-encoder.ts';
import type { Message, MessageName, MessageOf } from '../native/message-table.ts';
import { joinBytes } from './byte-sequences.ts';

/** What stands in a stream. */
export type FrameItem =
  | { readonly kind: 'message'; readonly channel: number; readonly message: Message }
  | { readonly kind: 'data'; readonly channel: number; readonly offset: number; readonly bytes: Uint8Array };

export function encodeItem(item: FrameItem): Uint8Array {
  if (item.kind === 'message') return encodeMessage(item.channel, item.message);
  return joinBytes([encodeDataHeader(item.channel, item.offset, item.bytes.length), item.bytes]);
}

export function encodeItems(items: readonly FrameItem[]): Uint8Array {
  return joinBytes(items.map(encodeItem));
}

/** Keeps what a decoder hands on. Data that continues the data before it is joined to it, whatever frames it came in. */
export class FrameLog implements FrameHandlers {
  readonly items: FrameItem[] = [];
  readonly skippedTypes: number[] = [];

  /** The log of a stream that was decoded without fault. */
  static of(items: readonly FrameItem[]): FrameLog {
    const log = new FrameLog();
    for (const item of items) {
      if (item.kind === 'message') log.message(item.channel, item.message);
      else log.data(item.channel, item.offset, item.bytes);
    }
    return log;
  }

  message(channel: number, message: Message): void {
    this.items.push({ kind: 'message', channel, message });
  }

  data(channel: number, offset: number, bytes: Uint8Array): void {
    const last = this.items.at(-1);
    if (last?.kind === 'data' && last.channel === channel && last.offset + last.bytes.length === offset) {
      this.items[this.items.length - 1] = { ...last, bytes: joinBytes([last.bytes, bytes]) };
    } else {
      this.items.push({ kind: 'data', channel, offset, bytes: bytes.slice() });
    }
  }

  skipped(type: number): void {
    this.skippedTypes.push(type);
  }

  /** Every message of one type so far, in order. */
  messages<Name extends MessageName>(name: Name): MessageOf<Name>[] {
    return this.items.flatMap((item) =>
      item.kind === 'message' && item.message.type === name ? [item.message as MessageOf<Name>] : [],
    );
  }
}
