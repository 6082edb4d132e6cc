/**
 * A pseudo terminal that behaves like a serial port. Linux.
 *
 * @packageDocumentation
 */
export { preloadNatives } from '@sercli/tty';
export type { PortAccess } from './port-access.ts';
export type { VirtualPortListener } from './port-listener.ts';
export { VirtualPort, type VirtualPortOptions } from './virtual-port.ts';
