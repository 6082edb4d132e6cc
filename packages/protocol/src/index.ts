/**
 * What goes over the wire between sercli programs, without any I/O: bytes in, events and bytes out.
 * Runs in Node and in browsers.
 *
 * @packageDocumentation
 */
export * from './address.ts';
export * from './errors.ts';
export * from './limits.ts';
export * from './line-settings.ts';
export * from './modem-lines.ts';
export { type AccepterHandlers, AccepterSession } from './native/accepter-session.ts';
export { Connection, type ConnectionHandlers, type ConnectionOptions } from './native/connection.ts';
export { type ConnectorHandlers, ConnectorSession } from './native/connector-session.ts';
export { FrameDecoder, type FrameHandlers } from './native/frame-decoder.ts';
export { encodeDataHeader, encodeMessage } from './native/frame-encoder.ts';
export {
  dataType,
  firstOptionalType,
  type Message,
  type MessageName,
  type MessageOf,
  messageTable,
  type Role,
  wireVersion,
} from './native/message-table.ts';
export type { Done } from './native/messages/done.ts';
export type { PortEvent } from './native/messages/event.ts';
export type { Controller } from './native/messages/fields.ts';
export type { Hello } from './native/messages/hello.ts';
export type { Opened } from './native/messages/opened.ts';
export type { PortRequest } from './native/messages/request.ts';
export {
  type ListedPort,
  type PortList,
  parsePortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
} from './port-list.ts';
