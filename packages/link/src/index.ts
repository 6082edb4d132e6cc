/**
 * SerialLink, the one interface of a serial port in sercli, and how a link is carried over a network.
 *
 * @packageDocumentation
 */
export { ReceiveQueue } from './receive-queue.ts';
export type * from './serial-link.ts';
