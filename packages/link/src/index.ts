/**
 * SerialLink, the one interface of a serial port in sercli, and how a link is carried over a network.
 *
 * @packageDocumentation
 */
export type { AccepterSessionOptions } from './accepters/accepter-options.ts';
export { AccepterSession } from './accepters/accepter-session.ts';
export type { SessionClock } from './accepters/session-clock.ts';
export {
  type AuthorizedClient,
  AuthorizedClients,
  formatAuthorizedClient,
  mayUse,
  parseAuthorizedClient,
} from './authorized-clients.ts';
export type { Carrier, CarrierListener } from './carriers/carrier.ts';
export { plainAddress } from './carriers/peer-address.ts';
export {
  ControlSockets,
  controlDirectory,
  controlSocketPath,
  type LocalAgent,
  maxSocketPathBytes,
  shortHostName,
} from './control/control-sockets.ts';
export { fingerprintOf, fullFingerprintOf, parseFullFingerprint, shortIdOf, shownFingerprint } from './fingerprint.ts';
export { type Identity, identityPath, loadIdentity, makeIdentityFile } from './identity.ts';
export { type KnownAgent, KnownAgents } from './known-agents.ts';
export {
  type AgentPlace,
  type AgentRequestOptions,
  dialTimeoutMs,
  requestAgent,
} from './native/agent-place.ts';
export type { DialKeys } from './native/agent-tls.ts';
export { ConnectionCounts, sourceOf } from './native/connection-counts.ts';
export { type DialOptions, dial, dialError, refusalError } from './native/dial.ts';
export { type EndpointHandlers, NativeEndpoint } from './native/endpoint.ts';
export { HeldSessions, type SessionHolding } from './native/held-sessions.ts';
export { type HttpRefusal, parseRefusal } from './native/http-answers.ts';
export { type ListenOptions, listenNative, type NativeListener } from './native/listen.ts';
export { type LocalListener, type LocalListenOptions, listenLocal } from './native/listen-local.ts';
export { listenTcp, type TcpPlace } from './native/listen-tcp.ts';
export { RemoteLink, type RemoteLinkOptions } from './native/remote-link.ts';
export type { StartPlace } from './native/remote-port.ts';
export { ServedSession, type ServedSessionOptions } from './native/served-session.ts';
export type { Peer } from './peer.ts';
export { ReceiveQueue } from './receive-queue.ts';
export type * from './serial-link.ts';
export { PrivateFiles } from './state/private-files.ts';
export type { BrokenLineReport } from './state/record-file.ts';
export type { Reading, RecordTail } from './state/record-line.ts';
export type { BrokenLine } from './state/record-lines.ts';
export { stateDirectory } from './state/state-directory.ts';
export type { Audience } from './state/trusted-file.ts';
