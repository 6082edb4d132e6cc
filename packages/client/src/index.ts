/**
 * The machine without the hardware: finds ports of agents and makes them local.
 *
 * @packageDocumentation
 */

export { type Discovery, type FoundAgent, type InterfaceChoice, mdnsDiscovery } from '@sercli/discovery';
export { ControlSockets, type LocalAgent, type SerialLink } from '@sercli/link';
export type { ClientIdentity, OpenOptions } from './agent-connection.ts';
export { AgentConnections, type ConnectionOptions } from './agent-connections.ts';
export { AgentDirectory, type DirectoryEntry } from './agent-directory.ts';
export { AgentLocator, type LocatorOptions } from './agent-locator.ts';
export { Attachment } from './attachment.ts';
export type { AttachmentEvent, AttachmentOptions } from './attachment-options.ts';
export { closeInTime } from './close-in-time.ts';
export { reloadAgent } from './local-agents.ts';
export { type PortChange, portChanges } from './port-changes.ts';
export { listPorts, watchPorts } from './port-directory.ts';
export type { RelayEvent } from './relay.ts';
export { listSessions } from './session-directory.ts';
