/**
 * What command lines and services are made of: agents by name, connections, attachments, who is let in. What programs need
 * to use a port is in `@sercli/client` itself; what stands here can change with any release.
 *
 * @packageDocumentation
 */

export {
  type Discovery,
  discoveryOnDemand,
  type FoundAgent,
  type InterfaceChoice,
  mdnsDiscovery,
} from '@sercli/discovery';
export {
  ControlSockets,
  fullFingerprintOf,
  type KnownAgents,
  type LocalAgent,
  makeIdentityFile,
  parseFullFingerprint,
  type SerialLink,
  shownFingerprint,
} from '@sercli/link';
export {
  type AccessEvent,
  ClientAccess,
  type ClientAccessOptions,
  newKnownAgent,
  type PinMode,
} from './access/client-access.ts';
export { lookAtKey } from './access/look-at-key.ts';
export {
  type AdmissionEvent,
  type AdmissionOptions,
  type AdmissionWish,
  askAdmission,
  onceAdmitted,
} from './admission.ts';
export type { DirectoryOptions } from './agent-answer.ts';
export type { ClientDescription } from './agent-connection.ts';
export { AgentConnections, type ConnectionOptions } from './agent-connections.ts';
export { AgentDirectory, type DirectoryEntry } from './agent-directory.ts';
export { AgentLocator, type LocateOptions, type LocatorOptions } from './agent-locator.ts';
export { Attachment } from './attachment.ts';
export type { AttachmentEvent, AttachmentOptions } from './attachment-options.ts';
export { authorizeClient, listClients, removeClient, turnAwayClient } from './authorizations.ts';
export { type ClientChoice, type ClientGroup, chooseClient } from './client-choice.ts';
export { clientName } from './client-name.ts';
export { closeInTime } from './close-in-time.ts';
export { LastingLink, type LastingLinkOptions } from './lasting-link.ts';
export { reloadAgent } from './local-agents.ts';
export type { OpenOptions, SessionEvent } from './open-options.ts';
export { type PortChange, portChanges } from './port-changes.ts';
export { listPorts, watchPorts } from './port-directory.ts';
export type { RelayEvent } from './relay.ts';
export { findSequence, type NamedSequence, sequencesAt } from './reset-sequences.ts';
export { listSessions } from './session-directory.ts';
