/**
 * What goes over the wire between sercli programs, without any I/O: bytes in, events and bytes out.
 * Runs in Node and in browsers.
 *
 * @packageDocumentation
 */
export { AccessDetector, detectionMs } from './access-detector.ts';
export { openingBytes } from './access-opening.ts';
export { type AccessProtocol, accessProtocols, type SpokenProtocol } from './access-protocol.ts';
export * from './address.ts';
export {
  type AdmissionRequest,
  type AdmissionState,
  admissionBeatMs,
  admissionPath,
  parseAdmissionRequest,
  parseAdmissionState,
} from './admission.ts';
export * from './byte-size.ts';
export {
  type Authorization,
  type ClientList,
  clientListPath,
  type ListedClient,
  parseAuthorization,
  parseClientList,
  type WaitingClient,
  waitingListPath,
} from './client-list.ts';
export * from './errors.ts';
export * from './glob.ts';
export * from './limits.ts';
export * from './line-settings.ts';
export type { ListedAgent } from './listed-agent.ts';
export * from './modem-lines.ts';
export type { AccepterHandlers, SessionKeeper } from './native/accepter-handlers.ts';
export { AccepterSession } from './native/accepter-session.ts';
export { Connection } from './native/connection.ts';
export type { ConnectionHandlers, ConnectionOptions } from './native/connection-options.ts';
export type { ConnectorHandlers } from './native/connector-handlers.ts';
export { ConnectorSession, type SessionRequest } from './native/connector-session.ts';
export { FrameDecoder, type FrameHandlers } from './native/frame-decoder.ts';
export { encodeDataHeader, encodeMessage } from './native/frame-encoder.ts';
export {
  type Message,
  type MessageName,
  type MessageOf,
  messageTable,
  newestWire,
  oldestWire,
  type Role,
} from './native/message-table.ts';
export type { Done } from './native/messages/done.ts';
export type { PortEvent } from './native/messages/event.ts';
export type { Controller } from './native/messages/fields.ts';
export type { Hello } from './native/messages/hello.ts';
export type { SessionRole, SessionStart } from './native/messages/open.ts';
export type { Opened } from './native/messages/opened.ts';
export type { PortRequest } from './native/messages/request.ts';
export { checkPortRequest, checkSessionRequest } from './native/wanted.ts';
export {
  encodeNullmodemState,
  NullmodemDecoder,
  type NullmodemHandlers,
  type NullmodemState,
} from './nullmodem/nullmodem-codec.ts';
export { mayDo, type Operation, type OperationName, operationTable, type Rank, ranks } from './operations.ts';
export {
  type ListedAccepter,
  type ListedPort,
  type PortList,
  parsePortList,
  portListPath,
  portWatchBeatMs,
  portWatchPath,
  withoutCounters,
} from './port-list.ts';
export { parseReloaded, type Reloaded, reloadPath } from './reload.ts';
export type { ComPort, SettingsOutcome } from './rfc2217/com-port.ts';
export { ComPortAccepter, type ComPortAccepterOptions, type LineCondition } from './rfc2217/com-port-accepter.ts';
export { ComPortConnector, type ComPortConnectorHandlers } from './rfc2217/com-port-connector.ts';
export * from './sequence-text.ts';
export { type ListedSession, parseSessionList, type SessionList, sessionListPath } from './session-list.ts';
export * from './shell-word.ts';
export { doubleEscapes } from './telnet/double-escapes.ts';
export { type ComPortOffer, TelnetAccepter, type TelnetAccepterHandlers } from './telnet/telnet-accepter.ts';
