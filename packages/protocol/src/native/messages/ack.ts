import { integerBody } from '../body.ts';

/**
 * ACK: how far the sender of this message has come with what it received.
 *
 *     u32 sequence   every numbered message up to this one was applied; 0: none
 *     u64 offset     bytes below this offset were taken: by the device's driver (write(2) returned), or by the application
 *     u64 limit      data may be sent below this offset; never moves back
 */
export const ackBody = integerBody([
  ['sequence', 4],
  ['offset', 8],
  ['limit', 8],
]);
