/**
 * Serial ports of other machines, for programs: finds the agents that serve them, and opens them as streams, or for
 * node-serialport.
 *
 * @packageDocumentation
 */

export type { Discovery, InterfaceChoice } from '@sercli/discovery';
export {
  type Controller,
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ListedPort,
  type ModemLines,
  type ModemOutputs,
  type PortAddress,
  type SequenceStep,
  SercliError,
  type SessionRole,
  type SessionStart,
} from '@sercli/protocol';
export type { AccessEvent } from './access/client-access.ts';
export type { DiscoverOptions, FindOptions } from './agent-search.ts';
export { BindingsError } from './bindings-error.ts';
export { Client, type ClientOptions } from './client.ts';
export { connect, discover, findAgents } from './connect.ts';
export type { ConnectEvent, ConnectOptions } from './connect-options.ts';

export type { AgentChange, DiscoveredAgent, DiscoveredPort } from './discovered-agent.ts';
export type { SessionEvent } from './open-options.ts';
export { RemoteBinding, type RemoteBindingInterface, type RemoteOpenOptions, remoteBinding } from './remote-binding.ts';
export { RemotePort } from './remote-port.ts';
export type { RemotePortBinding } from './remote-port-binding.ts';
export type { RemotePortEvents, StreamEvents } from './remote-port-events.ts';
export type * from './serialport-types.ts';
