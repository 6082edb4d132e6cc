/**
 * The machine without the hardware: finds ports of agents and makes them local.
 *
 * @packageDocumentation
 */
export type { SerialLink } from '@sercli/link';
export { AgentConnections, type ClientIdentity } from './agent-connections.ts';
export { Attachment, type AttachmentEvent, type AttachmentOptions } from './attachment.ts';
export { listPorts, watchPorts } from './port-directory.ts';
export type { RelayEvent } from './relay.ts';
