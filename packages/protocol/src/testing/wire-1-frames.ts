import type { MessageName } from '../native/message-table.ts';
import { isSinceWire2 } from '../native/messages/event.ts';
import type { FrameItem } from './frame-log.ts';

/** The messages of wire version 1 and their fields, as its release knew them. */
const fields: Partial<Record<MessageName, readonly string[]>> = {
  // Whoever speaks a later version too says so before it knows the peer, whose release passes over it.
  hello: ['wire', 'newest', 'name', 'software'],
  ping: ['number'],
  pong: ['number'],
  close: ['error'],
  open: ['port', 'settings', 'window'],
  opened: ['name', 'device', 'epoch', 'offset', 'limit', 'settings', 'lines'],
  ack: ['sequence', 'offset', 'limit'],
  request: ['sequence', 'offset', 'request'],
  done: ['sequence', 'settings', 'discardedTo', 'error'],
  event: ['sequence', 'offset', 'event'],
};

/** Whether wire version 1 has this frame, with all its fields. */
export function isOfWire1(item: FrameItem): boolean {
  if (item.kind === 'data') return true;
  const { type, ...said } = item.message;
  if (item.message.type === 'event' && isSinceWire2(item.message.event)) return false;
  return Object.keys(said).every((name) => fields[type]?.includes(name) === true);
}
