/**
 * SerialLink, the one interface of a serial port in sercli, and how a link is carried over a network.
 *
 * @packageDocumentation
 */
export type { Carrier, CarrierListener } from './carriers/carrier.ts';
export { fingerprintOf, shortIdOf } from './fingerprint.ts';
export { type Identity, loadIdentity } from './identity.ts';
export { type DialOptions, dial, dialError, dialTimeoutMs, nativePath, tlsOptions } from './native/dial.ts';
export { type EndpointHandlers, NativeEndpoint } from './native/endpoint.ts';
export { HeldSessions, type SessionHolding } from './native/held-sessions.ts';
export {
  defaultListenLimits,
  type ListenLimits,
  type ListenOptions,
  listenNative,
  type NativeListener,
} from './native/listen.ts';
export { RemoteLink, type RemoteLinkOptions } from './native/remote-link.ts';
export type { StartPlace } from './native/remote-port.ts';
export { ServedSession, type ServedSessionOptions } from './native/served-session.ts';
export { ReceiveQueue } from './receive-queue.ts';
export type * from './serial-link.ts';
